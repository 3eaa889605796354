"""aws SERVICE OPERATION --OPTION...: whether Amazon's command line knows these words; nothing is sent."""

import sys

import botocore.session
from botocore import xform_name

#: commands that the command line has beside the operations of the service, with what they take
OWN = {
    ("cloudformation", "package"): {"template_file", "s3_bucket", "output_template_file"},
    ("cloudformation", "deploy"): {"template_file", "stack_name", "capabilities", "parameter_overrides"},
}
COMMON = {"cli_binary_format", "profile", "region", "output"}


def options_of(service, operation):
    if (service, operation) in OWN:
        return OWN[service, operation]
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in names:
        sys.exit(f"aws {service} has no {operation}")
    shape = model.operation_model(names[operation]).input_shape
    return {xform_name(name, "_") for name in shape.members} if shape else set()


def main(service, operation, *words):
    known = options_of(service, operation) | COMMON
    for word in words:
        if word.startswith("--") and word[2:].replace("-", "_") not in known:
            sys.exit(f"aws {service} {operation} takes no {word}")


if __name__ == "__main__":
    main(*sys.argv[1:])
