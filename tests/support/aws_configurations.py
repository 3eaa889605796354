"""The configurations and environments of the differential: each one is a home folder, an environment
and perhaps a profile, and the question is where requests go and who signs them.

"{home}" and "{url}" stand for the home folder and for a server on this machine. A variable that is
None is taken out of the environment that all cases share.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

ROLE = "arn:aws:iam::123456789012:role/"
CONFIG, CREDENTIALS = ".aws/config", ".aws/credentials"
NO_REGION = {"AWS_DEFAULT_REGION": None}
MACHINE = {
    "AWS_EC2_METADATA_DISABLED": None,
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}",
}


@dataclass
class Case:
    name: str
    config: str = ""
    credentials: str = ""
    env: dict = field(default_factory=dict)
    profile: str | None = None
    #: {path below the home folder: text}; programs stand in bin/
    files: dict = field(default_factory=dict)
    bucket: str = "reports"

    @property
    def all_files(self) -> dict[str, str]:
        own = {CONFIG: self.config, CREDENTIALS: self.credentials}
        return {path: text for path, text in own.items() if text} | self.files


def keys(name: str, token: str = "") -> str:
    more = f"aws_session_token = {token}\n" if token else ""
    return f"aws_access_key_id = AKID{name}\naws_secret_access_key = secret\n{more}"


def env_keys(name: str = "ENV", **more) -> dict:
    return {"AWS_ACCESS_KEY_ID": f"AKID{name}", "AWS_SECRET_ACCESS_KEY": "secret", **more}


KEYS = "[default]\n" + keys("FILE")


def region_cases():
    keyed = env_keys()
    yield Case("AWS_DEFAULT_REGION", env=keyed)
    yield Case("AWS_REGION", env=keyed | NO_REGION | {"AWS_REGION": "eu-west-3"})
    yield Case("AWS_REGION before AWS_DEFAULT_REGION", env=keyed | {"AWS_REGION": "eu-west-3"})
    yield Case("the profile's region", "[default]\nregion = eu-north-1\n", env=keyed | NO_REGION)
    yield Case("a region in both files", "[default]\nregion = eu-north-1\n",
               "[default]\nregion = eu-south-1\n", keyed | NO_REGION)
    yield Case("a region in the credentials file", "", "[default]\nregion = eu-south-1\n",
               keyed | NO_REGION)
    yield Case("the region of another profile", "[default]\nregion = eu-north-1\n"
               "[profile ops]\nregion = eu-south-1\n", env=keyed | NO_REGION | {"AWS_PROFILE": "ops"})
    yield Case("a variable before the profile's region", "[default]\nregion = eu-north-1\n",
               env=keyed)
    yield Case("no region at all", env=keyed | NO_REGION)
    yield Case("no region, and a blank variable", env=keyed | {"AWS_DEFAULT_REGION": ""})
    yield Case("the first region of the world", env=keyed | {"AWS_DEFAULT_REGION": "us-east-1"})
    yield Case("a region behind a comment sign", "[default]\nregion = eu-north-1 # here\n",
               env=keyed | NO_REGION)
    yield Case("a region that is none", env=keyed | {"AWS_DEFAULT_REGION": "eu west 2"})


def key_cases():
    yield Case("keys in the environment", env=env_keys())
    yield Case("a token too", env=env_keys(AWS_SESSION_TOKEN="t1"))
    yield Case("the token's old name", env=env_keys(AWS_SECURITY_TOKEN="t1"))
    yield Case("both names of a token", env=env_keys(AWS_SECURITY_TOKEN="t1", AWS_SESSION_TOKEN="t2"))
    yield Case("a key without its secret", env={"AWS_ACCESS_KEY_ID": "AKIDENV"})
    yield Case("a secret without its key", "", KEYS, {"AWS_SECRET_ACCESS_KEY": "secret"})
    yield Case("blank keys in the environment", "", KEYS,
               {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
    yield Case("keys in the credentials file", "", KEYS)
    yield Case("keys in the configuration file", KEYS)
    yield Case("keys in both files", "[default]\n" + keys("CONFIG"), KEYS)
    yield Case("a token in the file", "", "[default]\n" + keys("FILE", "t1"))
    yield Case("the token's old name in the file", "", KEYS + "aws_security_token = t1\n")
    yield Case("the token's old name in the configuration", KEYS + "aws_security_token = t1\n")
    yield Case("a stale token in the other file", "[default]\naws_session_token = old\n", KEYS)
    yield Case("half a pair in the file", "", "[default]\naws_access_key_id = AKIDFILE\n")
    yield Case("half a pair, the rest in the other file",
               "[default]\naws_secret_access_key = secret\n", "[default]\naws_access_key_id = AKIDFILE\n")
    yield Case("the environment before files", "", KEYS, env_keys())
    yield Case("the environment before AWS_PROFILE", "", "[ops]\n" + keys("OPS"),
               env_keys(AWS_PROFILE="ops"))
    yield Case("a given profile before the environment", "", "[ops]\n" + keys("OPS"), env_keys(),
               profile="ops")
    yield Case("AWS_PROFILE", "", KEYS + "[ops]\n" + keys("OPS"), {"AWS_PROFILE": "ops"})
    yield Case("AWS_DEFAULT_PROFILE", "", KEYS + "[ops]\n" + keys("OPS"),
               {"AWS_DEFAULT_PROFILE": "ops"})
    yield Case("both names of the profile", "", "[dev]\n" + keys("DEV") + "[ops]\n" + keys("OPS"),
               {"AWS_PROFILE": "ops", "AWS_DEFAULT_PROFILE": "dev"})
    yield Case("a profile of the configuration file", "[profile ops]\n" + keys("OPS"),
               env={"AWS_PROFILE": "ops"})
    yield Case("a bare name in the configuration file", "[ops]\n" + keys("OPS"),
               env={"AWS_PROFILE": "ops"})
    yield Case("a prefix in the credentials file", "", "[profile ops]\n" + keys("OPS"),
               {"AWS_PROFILE": "ops"})
    yield Case("a profile in other letters", "[profile Ops]\n" + keys("OPS"),
               env={"AWS_PROFILE": "ops"})
    yield Case("no such profile", "", KEYS, {"AWS_PROFILE": "ops"})
    yield Case("a blank profile", "", KEYS, {"AWS_PROFILE": ""})
    yield Case("nobody")
    yield Case("a profile without keys", "[profile ops]\nregion = eu-north-1\n", KEYS,
               {"AWS_PROFILE": "ops"})
    yield Case("an account in the environment", env=env_keys(AWS_ACCOUNT_ID="123456789012"))
    yield Case("an account in the file", "", KEYS + "aws_account_id = 123456789012\n")
    yield Case("an account, but no host of its own", "[default]\naccount_id_endpoint_mode = disabled\n",
               KEYS + "aws_account_id = 123456789012\n")
    yield Case("a host of its own is required", env=env_keys(AWS_ACCOUNT_ID_ENDPOINT_MODE="required"))


def grammar_cases():
    texts = {
        "an indented first property": "[default]\n  " + keys("FILE").replace("\n", "\n", 1),
        "all properties indented": "[default]\n  aws_access_key_id = AKIDFILE\n"
        "  aws_secret_access_key = secret\n  aws_session_token = t1\n",
        "tabs before properties": "[default]\n\taws_access_key_id = AKIDFILE\n"
        "\taws_secret_access_key = secret\n",
        "an indented comment first": "[default]\n  # mine\n" + keys("FILE"),
        "an indented comment between indented lines": "[default]\n  aws_access_key_id = AKIDFILE\n"
        "  ; mine\n  aws_secret_access_key = secret\n",
        "indentation that goes back": "[default]\n    aws_access_key_id = AKIDFILE\n"
        "  aws_secret_access_key = secret\n",
        "a blank before the first header": " [default]\n" + keys("FILE"),
        "a tab before the first header": "\t[default]\n" + keys("FILE"),
        "a blank before an empty section": "[a]\n [default]\n" + keys("FILE"),
        "everything indented": "  [default]\n  aws_access_key_id = AKIDFILE\n"
        "  aws_secret_access_key = secret\n  [ops]\n  aws_access_key_id = AKIDOPS\n",
        "a header deeper than a property": "[default]\n" + keys("FILE") + "  [ops]\n",
        "blank lines": "\n\n[default]\n\n" + keys("FILE").replace("\n", "\n\n"),
        "line ends of Windows": KEYS.replace("\n", "\r\n"),
        "no line end at the end": KEYS[:-1],
        "no blanks": "[default]\naws_access_key_id=AKIDFILE\naws_secret_access_key=secret\n",
        "many blanks": "[default]\naws_access_key_id   =   AKIDFILE  \n"
        "aws_secret_access_key\t=\tsecret\t\n",
        "names in capitals": "[default]\nAWS_ACCESS_KEY_ID = AKIDFILE\n"
        "Aws_Secret_Access_Key = secret\n",
        "comments of both kinds": "# one\n; two\n[default]\n# three\n" + keys("FILE"),
        "a comment behind a header": "[default] # mine\n" + keys("FILE"),
        "a comment behind a value": "[default]\naws_access_key_id = AKIDFILE\n"
        "aws_secret_access_key = secret\naws_session_token = t1 # mine\n",
        "a sign in a value": "[default]\naws_access_key_id = AKIDFILE\n"
        "aws_secret_access_key = se#cr;et\naws_session_token = t1;x#y\n",
        "an equals sign in a value": "[default]\n" + keys("FILE", "a=b=="),
        "quotes in a value": "[default]\n" + keys("FILE", '"t1"'),
        "a percent sign in a value": "[default]\n" + keys("FILE", "%(x)s"),
        "a colon for the equals sign": "[default]\naws_access_key_id: AKIDFILE\n"
        "aws_secret_access_key: secret\n",
        "a section twice": "[default]\naws_access_key_id = AKIDFILE\n[ops]\n[default]\n"
        "aws_secret_access_key = secret\n",
        "a property twice": "[default]\naws_access_key_id = AKIDOLD\n" + keys("FILE"),
        "an empty value": "[default]\n" + keys("FILE") + "aws_session_token =\n",
        "a line without an equals sign": KEYS + "what is this\n",
        "a property before any section": "region = eu-west-1\n" + KEYS,
        "a header without its end": "[default\n" + keys("FILE"),
        "a mark of the byte order": "\ufeff" + KEYS,
        "nothing but a comment": "# nothing\n",
    }
    for name, text in texts.items():
        yield Case(name, "", text)
    headers = {
        "a profile in single quotes": ("[profile 'My Company']", "My Company"),
        "a profile in double quotes": ('[profile "My Company"]', "My Company"),
        "a profile with an escaped blank": ("[profile My\\ Company]", "My Company"),
        "a quoted profile of one word": ('[profile "ops"]', "ops"),
        "a profile in two words": ("[profile My Company]", "My Company"),
        "a tab behind the word": ("[profile\tops]", "ops"),
        "blanks inside the brackets": ("[ profile ops ]", "ops"),
        "many blanks behind the word": ("[profile    ops]", "ops"),
        "a profile with signs in its name": ("[profile a/b@c.d+e:f%g-h_i]", "a/b@c.d+e:f%g-h_i"),
        "a quote inside a name": ("[profile \"kim's\"]", "kim's"),
        "an open quote": ("[profile 'ops]", "ops"),
        "the word alone": ("[profile]", "profile"),
        "no blank behind the word": ("[profileops]", "ops"),
    }
    for name, (header, profile) in headers.items():
        yield Case(name, f"{header}\n" + keys("NAMED"), env={"AWS_PROFILE": profile})
    yield Case("a name with blanks in the credentials file", "", "[My Company]\n" + keys("NAMED"),
               {"AWS_PROFILE": "My Company"})
    yield Case("a name with blanks in both files", "[profile 'My Company']\nregion = eu-north-1\n",
               "[My Company]\n" + keys("NAMED"), NO_REGION | {"AWS_PROFILE": "My Company"})
    yield Case("a name with blanks that was given", "[profile 'My Company']\n" + keys("NAMED"),
               profile="My Company")
    yield Case("[profile default]", "[profile default]\n" + keys("NAMED"))
    yield Case("[profile default] and [default]", "[default]\n" + keys("PLAIN") +
               "[profile default]\n" + keys("NAMED"))
    yield Case("[default] in quotes", '["default"]\n' + keys("NAMED"))


def file_cases():
    config = "[default]\n" + keys("MOVED")
    env = {"WHERE": "{home}/place", "FILE": "config"}
    there = {"place/config": config, "place/credentials": config}
    for name, variable in (("config", "AWS_CONFIG_FILE"), ("credentials", "AWS_SHARED_CREDENTIALS_FILE")):
        for what, value in {
            "a path": "{home}/place/" + name,
            "a path below ~": "~/place/" + name,
            "a path with a variable": "$WHERE/" + name,
            "a path with a variable in braces": "${WHERE}/" + name,
            "a path with two variables": "${WHERE}/$FILE",
            "a path with HOME": "$HOME/place/" + name,
            "a path with a variable that is not set": "$NOWHERE/" + name,
            "a path to nothing": "{home}/nowhere",
            "a relative path": "place/" + name,
            "a dollar sign that is none": "{home}/place/" + name + "$",
        }.items():
            yield Case(f"{what} ({variable})", env=env | {variable: value}, files=there)
    yield Case("another configuration hides the usual one", KEYS, "",
               {"AWS_CONFIG_FILE": "{home}/place/config"}, files={"place/config": config})
    yield Case("a blank path", "", KEYS, {"AWS_SHARED_CREDENTIALS_FILE": ""})


def role_cases():
    role = f"role_arn = {ROLE}A\nsource_profile = source\n"
    source = "[source]\n" + keys("SRC")
    ops = {"AWS_PROFILE": "ops"}
    yield Case("a role", f"[profile ops]\n{role}", source, ops)
    yield Case("a role of the default profile", f"[default]\n{role}", source)
    yield Case("a role in the credentials file", "", f"[ops]\n{role}{source}", ops)
    yield Case("a role before keys of the same profile", f"[profile ops]\n{role}" + keys("OPS"),
               source, ops)
    yield Case("a role whose keys stand in the other file", f"[profile ops]\n{role}",
               f"{source}[ops]\n" + keys("OPS"), ops)
    yield Case("a role that is its own source", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "source_profile = ops\n" + keys("OPS"), env=ops)
    yield Case("a role that is its own source without keys", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "source_profile = ops\n", env=ops)
    yield Case("two roles", f"[profile ops]\nrole_arn = {ROLE}A\nsource_profile = middle\n"
               f"[profile middle]\nrole_arn = {ROLE}B\nsource_profile = source\n", source, ops)
    yield Case("three roles", f"[profile ops]\nrole_arn = {ROLE}A\nsource_profile = one\n"
               f"[profile one]\nrole_arn = {ROLE}B\nsource_profile = two\n"
               f"[profile two]\nrole_arn = {ROLE}C\nsource_profile = source\n", source, ops)
    yield Case("a source with keys and a role", f"[profile ops]\nrole_arn = {ROLE}A\n"
               f"source_profile = middle\n[profile middle]\nrole_arn = {ROLE}B\n"
               "source_profile = source\n" + keys("MID"), source, ops)
    yield Case("roles in a circle", f"[profile ops]\nrole_arn = {ROLE}A\nsource_profile = other\n"
               f"[profile other]\nrole_arn = {ROLE}B\nsource_profile = ops\n", env=ops)
    yield Case("a source that is not there", f"[profile ops]\n{role}", env=ops)
    yield Case("a source without keys", f"[profile ops]\n{role}[profile source]\nregion = eu-west-1\n",
               env=ops)
    yield Case("a role without a source", f"[profile ops]\nrole_arn = {ROLE}A\n", env=ops)
    yield Case("a role with two sources", f"[profile ops]\n{role}credential_source = Environment\n",
               source, ops | env_keys())
    yield Case("a role of the environment", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "credential_source = Environment\n", env=env_keys(), profile="ops")
    yield Case("a role of the environment, which is empty", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "credential_source = Environment\n", env=ops)
    yield Case("a source that has no such name", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "credential_source = Cloud\n", env=ops)
    yield Case("a role of the machine", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "credential_source = Ec2InstanceMetadata\n", env=ops | MACHINE)
    yield Case("a role of the container", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "credential_source = EcsContainer\n",
               env=ops | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container"})
    yield Case("the environment before a role", f"[profile ops]\n{role}", source, ops | env_keys())
    yield Case("a role with an external id and a name", f"[profile ops]\n{role}external_id = 4/2\n"
               "role_session_name = night\n", source, ops)
    yield Case("the region of a role", f"[profile ops]\n{role}region = eu-north-1\n"
               "[profile source]\nregion = eu-south-1\n", source, ops | NO_REGION)
    yield Case("a role by a profile in quotes", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "source_profile = My Company\n[profile 'My Company']\n" + keys("SRC"), env=ops)
    yield Case("a role by a program", f"[profile ops]\n{role}[profile source]\n"
               "credential_process = {home}/bin/keys\n", env=ops, files=program())
    yield Case("a role by keys of the configuration, beside a program", f"[profile ops]\n{role}"
               "[profile source]\ncredential_process = {home}/bin/keys\n" + keys("SRC"), env=ops,
               files=program())


def program(text: str = "") -> dict:
    said = {"Version": 1, "AccessKeyId": "AKIDPROC", "SecretAccessKey": "secret"}
    body = text or f"echo '{json.dumps(said)}'\n"
    return {"bin/keys": f"#!/bin/sh\n{body}"}


def web_cases():
    token = {"token": "web-token"}
    env = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": f"{ROLE}W"}
    web = f"role_arn = {ROLE}P\nweb_identity_token_file = {{home}}/token\n"
    yield Case("a web identity of the environment", env=env, files=token)
    yield Case("its session's name", env=env | {"AWS_ROLE_SESSION_NAME": "pod-1"}, files=token)
    yield Case("a web identity before keys of the default profile", "", KEYS, env, files=token)
    yield Case("a web identity before keys of the configuration", KEYS, "", env, files=token)
    yield Case("a web identity before a program", "[default]\ncredential_process = {home}/bin/keys\n",
               env=env, files=token | program())
    yield Case("a role before a web identity", f"[default]\nrole_arn = {ROLE}A\n"
               "source_profile = source\n", "[source]\n" + keys("SRC"), env, files=token)
    yield Case("a web identity before SSO", *sso_texts("corp"), env=env, files=token | sso_token("corp"))
    yield Case("keys of the environment before a web identity", env=env | env_keys(), files=token)
    yield Case("a given profile before a web identity", "", "[ops]\n" + keys("OPS"), env,
               profile="ops", files=token)
    yield Case("AWS_PROFILE behind a web identity", "", "[ops]\n" + keys("OPS"),
               env | {"AWS_PROFILE": "ops"}, files=token)
    yield Case("a web identity without a role", env={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"},
               files=token)
    yield Case("a web identity whose role the profile has", f"[default]\nrole_arn = {ROLE}P\n"
               "role_session_name = night\nweb_identity_token_file = {home}/other\n",
               env={"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}, files=token)
    yield Case("a web identity without its file", env=env)
    yield Case("a web identity of a profile", f"[profile ops]\n{web}", env={"AWS_PROFILE": "ops"},
               files=token)
    yield Case("a web identity of a profile before its keys", f"[profile ops]\n{web}" + keys("OPS"),
               env={"AWS_PROFILE": "ops"}, files=token)
    yield Case("a web identity of a profile beside a source", f"[profile ops]\n{web}"
               "source_profile = source\n", "[source]\n" + keys("SRC"), {"AWS_PROFILE": "ops"},
               files=token)
    yield Case("a role by a web identity", f"[profile ops]\nrole_arn = {ROLE}A\n"
               f"source_profile = pod\n[profile pod]\n{web}", env={"AWS_PROFILE": "ops"}, files=token)


def process_cases():
    config = "[default]\ncredential_process = {home}/bin/keys\n"
    session = {"Version": 1, "AccessKeyId": "AKIDPROC", "SecretAccessKey": "s", "SessionToken": "t1",
               "Expiration": "2099-01-01T00:00:00Z"}
    yield Case("a program", config, files=program())
    yield Case("a program with a token", config, files=program(f"echo '{json.dumps(session)}'\n"))
    yield Case("a program before keys of the configuration", config + keys("CONFIG"),
               files=program())
    yield Case("keys of the credentials file before a program", config, KEYS, files=program())
    yield Case("a program in the credentials file", "", config, files=program())
    yield Case("a program with an argument in quotes", "[default]\ncredential_process = "
               "\"{home}/bin/keys\" 'a b'\n",
               files=program('[ "$1" = "a b" ] || exit 1\n' + program()["bin/keys"].split("\n", 1)[1]))
    yield Case("a program that fails", config, files=program("exit 3\n"))
    yield Case("a program of another version", config,
               files=program("""echo '{"Version":2,"AccessKeyId":"A","SecretAccessKey":"b"}'\n"""))
    yield Case("a program that is not there", config)
    yield Case("the environment before a program", config, env=env_keys(), files=program())


def sso_texts(session: str, header: str = "") -> tuple[str, str]:
    config = (
        f"[default]\nsso_session = {session}\nsso_account_id = 123456789012\nsso_role_name = Operator\n"
        f"[sso-session {header or session}]\nsso_region = eu-central-1\n"
        "sso_start_url = https://corp.awsapps.com/start\n"
    )
    return config, ""


def sso_token(name: str) -> dict:
    cache = {"accessToken": "sso-access", "expiresAt": "2099-01-01T00:00:00Z",
             "startUrl": "https://corp.awsapps.com/start", "region": "eu-central-1"}
    return {f".aws/sso/cache/{hashlib.sha1(name.encode()).hexdigest()}.json": json.dumps(cache)}


def sso_cases():
    legacy = ("[default]\nsso_account_id = 123456789012\nsso_role_name = Operator\n"
              "sso_region = eu-central-1\nsso_start_url = https://corp.awsapps.com/start\n")
    url = sso_token("https://corp.awsapps.com/start")
    yield Case("SSO", sso_texts("corp")[0], files=sso_token("corp"))
    yield Case("an SSO session in quotes", sso_texts("my sso", '"my sso"')[0],
               files=sso_token("my sso"))
    yield Case("an SSO session in single quotes", sso_texts("my sso", "'my sso'")[0],
               files=sso_token("my sso"))
    yield Case("an SSO session that is not there", sso_texts("corp", "other")[0],
               files=sso_token("corp"))
    yield Case("SSO as it was before sessions", legacy, files=url)
    yield Case("SSO without a log-in", sso_texts("corp")[0])
    yield Case("SSO before keys", sso_texts("corp")[0], KEYS, files=sso_token("corp"))
    yield Case("an SSO session alone beside keys", "[default]\nsso_session = corp\n"
               "[sso-session corp]\nsso_region = eu-central-1\n"
               "sso_start_url = https://corp.awsapps.com/start\n", KEYS, files=sso_token("corp"))
    yield Case("SSO without a role", "[default]\nsso_session = corp\nsso_account_id = 123456789012\n"
               "[sso-session corp]\nsso_region = eu-central-1\n"
               "sso_start_url = https://corp.awsapps.com/start\n", files=sso_token("corp"))
    yield Case("a role by SSO", f"[profile ops]\nrole_arn = {ROLE}A\nsource_profile = default\n"
               + sso_texts("corp")[0], env={"AWS_PROFILE": "ops"}, files=sso_token("corp"))


def endpoint_cases():
    keyed = env_keys()
    services = "[services dev]\ndynamodb =\n  endpoint_url = http://dynamo.test:8000\n" \
               "s3 =\n  endpoint_url = http://s3.test:9000\n"
    yield Case("AWS_ENDPOINT_URL", env=keyed | {"AWS_ENDPOINT_URL": "{url}"})
    yield Case("an endpoint for one service", env=keyed | {"AWS_ENDPOINT_URL_DYNAMODB": "{url}"})
    yield Case("an endpoint for one service and one for all",
               env=keyed | {"AWS_ENDPOINT_URL_S3": "{url}", "AWS_ENDPOINT_URL": "http://all.test:8000"})
    yield Case("an endpoint of the profile", "[default]\nendpoint_url = http://all.test:8000\n",
               env=keyed)
    yield Case("endpoints of a services section", "[default]\nservices = dev\n" + services, env=keyed)
    yield Case("a services section in quotes", "[default]\nservices = my dev\n"
               + services.replace("[services dev]", "[services 'my dev']"), env=keyed)
    yield Case("a services section before the profile's endpoint", "[default]\nservices = dev\n"
               "endpoint_url = http://all.test:8000\n" + services, env=keyed)
    yield Case("a variable before the services section", "[default]\nservices = dev\n" + services,
               env=keyed | {"AWS_ENDPOINT_URL": "http://all.test:8000"})
    yield Case("a services section that is not there", "[default]\nservices = dev\n", env=keyed)
    yield Case("endpoints that are ignored", "[default]\nservices = dev\n" + services,
               env=keyed | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
                            "AWS_ENDPOINT_URL": "http://all.test:8000"})
    yield Case("endpoints that the profile ignores", "[default]\nservices = dev\n"
               "ignore_configured_endpoint_urls = true\n" + services, env=keyed)
    yield Case("endpoints for log-ins", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "credential_source = Environment\n", profile="ops",
               env=keyed | {"AWS_ENDPOINT_URL_STS": "http://sts.test:8000"})
    yield Case("a role whose endpoint its profile has", f"[profile ops]\nrole_arn = {ROLE}A\n"
               "source_profile = source\nendpoint_url = http://all.test:8000\n",
               "[source]\n" + keys("SRC"), {"AWS_PROFILE": "ops"})
    fips, dual = {"AWS_USE_FIPS_ENDPOINT": "true"}, {"AWS_USE_DUALSTACK_ENDPOINT": "true"}
    for where in ("eu-west-2", "us-east-2", "us-gov-west-1", "cn-north-1"):
        yield Case(f"{where}", env=keyed | {"AWS_DEFAULT_REGION": where})
        yield Case(f"{where}, FIPS", env=keyed | fips | {"AWS_DEFAULT_REGION": where})
        yield Case(f"{where}, dual-stack", env=keyed | dual | {"AWS_DEFAULT_REGION": where})
    yield Case("FIPS and dual-stack", env=keyed | fips | dual)
    yield Case("FIPS of the profile", "[default]\nuse_fips_endpoint = true\n", env=keyed)
    yield Case("dual-stack of the profile", "[default]\nuse_dualstack_endpoint = TRUE\n", env=keyed)
    yield Case("FIPS that is only said to be on", "[default]\nuse_fips_endpoint = yes\n", env=keyed)
    yield Case("a variable turns the profile's FIPS off", "[default]\nuse_fips_endpoint = true\n",
               env=keyed | {"AWS_USE_FIPS_ENDPOINT": "false"})
    yield Case("FIPS with an endpoint", env=keyed | fips | {"AWS_ENDPOINT_URL": "http://all.test:8000"})
    yield Case("FIPS and an account", env=keyed | fips | {"AWS_ACCOUNT_ID": "123456789012"})
    yield Case("dual-stack and an account", env=keyed | dual | {"AWS_ACCOUNT_ID": "123456789012"})
    yield Case("an account in China",
               env=keyed | {"AWS_ACCOUNT_ID": "123456789012", "AWS_DEFAULT_REGION": "cn-north-1"})


def s3_cases():
    keyed = env_keys()

    def block(*lines):
        return "[default]\ns3 =\n" + "".join(f"  {line}\n" for line in lines)

    dual, fast = "use_dualstack_endpoint = true", "use_accelerate_endpoint = true"
    yield Case("S3, dual-stack", block(dual), env=keyed)
    yield Case("S3, dual-stack in capitals", block("use_dualstack_endpoint = True"), env=keyed)
    yield Case("S3, dual-stack that is off", block("use_dualstack_endpoint = false"), env=keyed)
    yield Case("S3, dual-stack and a bucket with a dot", block(dual), env=keyed, bucket="my.reports")
    yield Case("S3, accelerated", block(fast), env=keyed)
    yield Case("S3, accelerated and dual-stack", block(fast, dual), env=keyed)
    yield Case("S3, accelerated, bucket in the path", block(fast, "addressing_style = path"), env=keyed)
    yield Case("S3, accelerated, a bucket with a dot", block(fast), env=keyed, bucket="my.reports")
    yield Case("S3, accelerated and FIPS", block(fast), env=keyed | {"AWS_USE_FIPS_ENDPOINT": "true"})
    yield Case("S3, accelerated in China", block(fast), env=keyed | {"AWS_DEFAULT_REGION": "cn-north-1"})
    yield Case("S3, accelerated with an endpoint", block(fast), env=keyed | {"AWS_ENDPOINT_URL_S3": "{url}"})
    yield Case("S3, bucket in the path", block("addressing_style = path"), env=keyed)
    yield Case("S3, bucket before the host", block("addressing_style = virtual"), env=keyed)
    yield Case("S3, before the host, a bucket with a dot", block("addressing_style = virtual"),
               env=keyed, bucket="my.reports")
    yield Case("S3, a bucket with a dot", env=keyed, bucket="my.reports")
    yield Case("S3, a bucket in capitals", env=keyed, bucket="My_reports")
    yield Case("S3 at an address", env=keyed | {"AWS_ENDPOINT_URL_S3": "{url}"})
    yield Case("S3 at a name", env=keyed | {"AWS_ENDPOINT_URL_S3": "http://s3.test:9000"})
    yield Case("S3 at a name, bucket before the host", block("addressing_style = virtual"),
               env=keyed | {"AWS_ENDPOINT_URL_S3": "http://s3.test:9000"})
    yield Case("S3 at an address, bucket before the host", block("addressing_style = virtual"),
               env=keyed | {"AWS_ENDPOINT_URL_S3": "{url}"})
    yield Case("S3's block of an indented profile",
               "[default]\n  region = eu-north-1\n  s3 =\n    use_dualstack_endpoint = true\n",
               env=keyed | NO_REGION)


def machine_cases():
    full = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container"}
    yield Case("the machine", env=MACHINE)
    yield Case("a machine that is turned off", env=MACHINE | {"AWS_EC2_METADATA_DISABLED": "TRUE"})
    yield Case("the container", env=full)
    yield Case("the container before the machine", env=full | MACHINE)
    yield Case("a program before the container", "[default]\ncredential_process = {home}/bin/keys\n",
               env=full, files=program())
    yield Case("keys before the container", "", KEYS, full)
    yield Case("a named profile without keys before the container",
               "[profile ops]\nregion = eu-north-1\n", env=full | {"AWS_PROFILE": "ops"})
    yield Case("a web identity before the container", env=full | {
        "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": f"{ROLE}W"},
        files={"token": "web-token"})


def all_cases() -> list[Case]:
    groups = (region_cases, key_cases, grammar_cases, file_cases, role_cases, web_cases,
              process_cases, sso_cases, endpoint_cases, s3_cases, machine_cases)
    return [case for group in groups for case in group()]
