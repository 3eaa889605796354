"""Amazon Connect's flow language, 2019-10-30: what a flow may hold, and a player that walks one.

Amazon publishes no schema. The table below holds what the administrator guide and the API reference
say of the actions that our flows use: types of flow, parameters and whether a value may be static text
or one JSONPath, and the errors that have to be wired (the service refuses a flow that leaves one open).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

INBOUND, QUEUE, TRANSFER = "CONTACT_FLOW", "CUSTOMER_QUEUE", "AGENT_TRANSFER"
ANY = (INBOUND, QUEUE, TRANSFER)

STATIC, PATH, EITHER = "static", "path", "either"
JSON_PATH = re.compile(r"\$\.[A-Za-z_]+(\.[A-Za-z0-9_-]+)*")
NO_MATCH, NO_CONDITION, FULL = "NoMatchingError", "NoMatchingCondition", "QueueAtCapacity"


@dataclass(frozen=True)
class Rule:
    flows: tuple
    #: parameter: (how a value may be given, what it looks like, whether it has to be there)
    parameters: dict
    errors: tuple = ()
    #: operands of the conditions that have to be there; None: any, (): none at all
    conditions: tuple | None = ()
    operators: tuple = ("Equals",)
    next: bool = True
    #: exactly one of these parameters
    one_of: tuple = ()


def number(low, high):
    return lambda text: text.isdigit() and low <= int(text) <= high


def one(*allowed):
    return lambda text: text in allowed


def anything(text):
    return text != ""


E164 = re.compile(r"\+[1-9][0-9]{4,14}").fullmatch

ACTIONS = {
    "GetParticipantInput": Rule(
        (INBOUND, TRANSFER, QUEUE),
        {
            "Text": (EITHER, anything, True),
            "StoreInput": (STATIC, one("True", "False"), True),
            "InputTimeLimitSeconds": (STATIC, number(1, 180), True),
            "InputValidation.CustomValidation.MaximumLength": (STATIC, number(1, 20), True),
            "DTMFConfiguration.InputTerminationSequence": (STATIC, anything, False),
            "DTMFConfiguration.DisableCancelKey": (STATIC, one("True", "False"), False),
            "DTMFConfiguration.InterdigitTimeLimitSeconds": (STATIC, number(1, 20), False),
        },
        (NO_MATCH,),
    ),
    "InvokeLambdaFunction": Rule(
        ANY,
        {
            "LambdaFunctionARN": (EITHER, anything, True),
            "InvocationTimeLimitSeconds": (STATIC, number(1, 8), True),
            "LambdaInvocationAttributes.*": (EITHER, anything, False),
            "ResponseValidation.ResponseType": (STATIC, one("STRING_MAP", "JSON"), False),
        },
        (NO_MATCH,),
    ),
    "Compare": Rule(ANY, {"ComparisonValue": (PATH, anything, True)}, (NO_CONDITION,), None,
                    ("Equals", "TextStartsWith", "TextEndsWith", "TextContains", "NumberGreaterThan")),
    "CheckMetricData": Rule(
        (INBOUND, TRANSFER, QUEUE),
        {
            "MetricType": (STATIC, one("NumberOfAgentsAvailable", "NumberOfAgentsStaffed", "NumberOfAgentsOnline",
                                       "OldestContactInQueueAgeSeconds", "NumberOfContactsInQueue"), True),
            "AgentId": (EITHER, anything, False),
            "QueueId": (EITHER, anything, False),
        },
        (NO_MATCH, NO_CONDITION), None, ("Equals", "NumberGreaterThan", "NumberLessThan"), one_of=("AgentId", "QueueId"),
    ),
    "UpdateContactAttributes": Rule(
        ANY, {"Attributes.*": (EITHER, anything, True), "TargetContact": (STATIC, one("Current", "Related"), False)},
        (NO_MATCH,),
    ),
    "UpdateContactEventHooks": Rule(ANY, {"EventHooks.CustomerQueue": (EITHER, anything, True)}, (NO_MATCH,)),
    "UpdateContactTargetQueue": Rule(
        (INBOUND, TRANSFER), {"AgentId": (EITHER, anything, False), "QueueId": (EITHER, anything, False)},
        (NO_MATCH,), one_of=("AgentId", "QueueId"),
    ),
    "TransferContactToQueue": Rule((INBOUND, TRANSFER), {}, (FULL, NO_MATCH)),
    "TransferParticipantToThirdParty": Rule(
        (INBOUND, TRANSFER, QUEUE),
        {
            "ThirdPartyPhoneNumber": (EITHER, lambda text: bool(E164(text)), True),
            "ThirdPartyConnectionTimeLimitSeconds": (STATIC, number(0, 600), True),
            "ContinueFlowExecution": (STATIC, one("True", "False"), True),
        },
        ("CallFailed", "ConnectionTimeLimitExceeded", NO_MATCH),
    ),
    "MessageParticipant": Rule(ANY, {"Text": (EITHER, anything, True)}, (NO_MATCH,)),
    "MessageParticipantIteratively": Rule(
        (QUEUE,),
        {"Messages.Text": (STATIC, anything, True), "InterruptFrequencySeconds": (STATIC, number(21, 3600), True)},
        (NO_MATCH,), ("MessagesInterrupted",), next=False,
    ),
    "DequeueContactAndTransferToQueue": Rule(
        (QUEUE,), {"AgentId": (PATH, anything, False), "QueueId": (PATH, anything, False)},
        (FULL, NO_MATCH), one_of=("AgentId", "QueueId"),
    ),
    "Loop": Rule(ANY, {"LoopCount": (STATIC, number(0, 100), True)}, (), ("ContinueLooping", "DoneLooping"), next=False),
    "EndFlowExecution": Rule((QUEUE,), {}, next=False),
    "DisconnectParticipant": Rule((INBOUND, TRANSFER, QUEUE), {}, next=False),
}


# ---- checking ----------------------------------------------------------------------------------------


def flatten(parameters, prefix=""):
    """{"a": {"b": "c"}} as [("a.b", "c")]; the objects of a list count as one."""
    for name, value in parameters.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            for item in value:
                yield from flatten(item, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _parameter_faults(rule, parameters):
    given = list(flatten(parameters))
    for name, value in given:
        wild = name.rsplit(".", 1)[0] + ".*"
        known = rule.parameters.get(name) or rule.parameters.get(wild)
        if known is None:
            yield f"has a parameter {name}"
        elif not isinstance(value, str):
            yield f"{name} is not a text"
        else:
            how, fits, _ = known
            path = value.startswith("$.")
            if path and (how == STATIC or not JSON_PATH.fullmatch(value)):
                yield f"{name}: {value} may not be a path"
            if not path and (how == PATH or not fits(value)):
                yield f"{name}: {value} does not fit"
    names = {name for name, _ in given}
    for name, (_, _, needed) in rule.parameters.items():
        if needed and not any(name == other or (name.endswith(".*") and other.startswith(name[:-1])) for other in names):
            yield f"lacks {name}"
    if rule.one_of and sum(name in parameters for name in rule.one_of) != 1:
        yield f"takes one of {rule.one_of}"


def _action_faults(action, kind, identifiers):
    rule = ACTIONS.get(action["Type"])
    if rule is None:
        yield "is not in the table"
        return
    if kind not in rule.flows:
        yield f"is not allowed in a {kind}"
    yield from _parameter_faults(rule, action["Parameters"])
    transitions = action["Transitions"]
    errors = [error["ErrorType"] for error in transitions.get("Errors", [])]
    if sorted(errors) != sorted(rule.errors):
        yield f"wires {errors}, has to wire {list(rule.errors)}"
    operands = [condition["Condition"]["Operands"][0] for condition in transitions.get("Conditions", [])]
    if rule.conditions is not None and sorted(operands) != sorted(rule.conditions):
        yield f"has the conditions {operands}, not {list(rule.conditions)}"
    for condition in transitions.get("Conditions", []):
        if condition["Condition"]["Operator"] not in rule.operators or len(condition["Condition"]["Operands"]) != 1:
            yield f"has a condition {condition}"
    if rule.next != ("NextAction" in transitions):
        yield "has no NextAction" if rule.next else "has a NextAction"
    for step in [transitions, *transitions.get("Conditions", []), *transitions.get("Errors", [])]:
        if "NextAction" in step and step["NextAction"] not in identifiers:
            yield f"goes to {step['NextAction']}, which is not there"


def faults(flow, kind):
    """What Amazon Connect would refuse, and what it could never reach, a line each."""
    found = []
    actions = {action["Identifier"]: action for action in flow["Actions"]}
    if flow["Version"] != "2019-10-30" or len(actions) != len(flow["Actions"]):
        found.append("version, or an identifier twice")
    for name, action in actions.items():
        if len(name) > 50 or re.search(r"[%:(\\/)=$,;\[\]{}]", name):
            found.append(f"{name}: not a name")
        found += [f"{name} ({action['Type']}): {fault}" for fault in _action_faults(action, kind, actions)]
    reached, todo = set(), [flow["StartAction"]]
    while todo:
        name = todo.pop()
        if name in reached or name not in actions:
            continue
        reached.add(name)
        transitions = actions[name]["Transitions"]
        for step in [transitions, *transitions.get("Conditions", []), *transitions.get("Errors", [])]:
            if "NextAction" in step:
                todo.append(step["NextAction"])
    found += [f"{name}: nothing leads there" for name in actions if name not in reached]
    return found


# ---- playing -----------------------------------------------------------------------------------------


@dataclass
class Call:
    """One call on its way: what the caller types, who is there, and what happened."""

    typed: list
    #: called with the invocation attributes; returns the answer, or None for an error of the function
    lookup: object
    staffed: set = field(default_factory=set)  #: ARNs of agents who are there
    answers: set = field(default_factory=set)  #: ARNs of agents who take a call that waits for them
    unreachable: set = field(default_factory=set)  #: queues that are full and numbers that do not answer
    broken: set = field(default_factory=set)  #: actions that take their Error branch
    talked: tuple | None = None
    attributes: dict = field(default_factory=dict)
    external: dict = field(default_factory=dict)
    heard: list = field(default_factory=list)
    visited: list = field(default_factory=list)
    hook: str | None = None
    stored: str = ""
    target: tuple | None = None
    loops: dict = field(default_factory=dict)


class Player:
    """Walks the inbound flow and, where a caller waits, the queue flow. Ends with
    ("agent"|"queue"|"phone", where) or ("hung up", None).
    """

    LONGEST = 200

    def __init__(self, inbound, queue, queue_flow_arn):
        self.flows = {"inbound": inbound, queue_flow_arn: queue}
        self.queue_flow_arn = queue_flow_arn

    def play(self, call: Call):
        return self._walk("inbound", call)

    def _value(self, text, call):
        if not text.startswith("$."):
            return text
        parts = text[2:].split(".", 1)
        if parts == ["StoredCustomerInput"]:
            return call.stored
        source = {"External": call.external, "Attributes": call.attributes}[parts[0]]
        return source.get(parts[1], "")

    def _walk(self, name, call):
        flow = self.flows[name]
        actions = {action["Identifier"]: action for action in flow["Actions"]}
        at = flow["StartAction"]
        call.loops = {}
        for _ in range(self.LONGEST):
            action = actions[at]
            call.visited.append((name, at))
            verdict = NO_MATCH if at in call.broken else getattr(self, "_" + action["Type"])(action, call)
            if isinstance(verdict, tuple):
                return verdict
            at = self._follow(action, verdict)
        raise AssertionError(f"the flow {name} does not end: {[step for _, step in call.visited[-8:]]}")

    def _follow(self, action, verdict):
        transitions = action["Transitions"]
        for error in transitions.get("Errors", []):
            if verdict == error["ErrorType"]:
                return error["NextAction"]
        for condition in transitions.get("Conditions", []):
            if verdict == ("when " + condition["Condition"]["Operands"][0]):
                return condition["NextAction"]
        return transitions["NextAction"]

    def _wait(self, call):
        """In a queue: the queue flow is run if the hook is set; else somebody takes the call."""
        kind, where = call.target
        if where in call.unreachable:
            return FULL
        if kind == "agent" and where in call.answers:
            return ("agent", where)
        return self._walk(self.queue_flow_arn, call) if call.hook == self.queue_flow_arn else (kind, where)

    # one method for each action of the table

    def _GetParticipantInput(self, action, call):
        call.heard.append(action["Parameters"]["Text"])
        call.stored = call.typed.pop(0) if call.typed else "Timeout"
        return "next"

    def _InvokeLambdaFunction(self, action, call):
        asked = {name: self._value(value, call)
                 for name, value in action["Parameters"]["LambdaInvocationAttributes"].items()}
        answer = call.lookup(asked)
        call.external = {}
        if answer is None or not all(isinstance(value, str) for value in answer.values()):
            return NO_MATCH
        call.external = answer
        return "next"

    def _Compare(self, action, call):
        value = self._value(action["Parameters"]["ComparisonValue"], call)
        for condition in action["Transitions"]["Conditions"]:
            if value == condition["Condition"]["Operands"][0]:
                return "when " + value
        return NO_CONDITION

    def _CheckMetricData(self, action, call):
        agent = self._value(action["Parameters"]["AgentId"], call)
        if not agent.startswith("arn:"):
            return NO_MATCH
        return "when 0" if agent in call.staffed else NO_CONDITION

    def _UpdateContactAttributes(self, action, call):
        for name, value in action["Parameters"]["Attributes"].items():
            call.attributes[name] = self._value(value, call)
        return "next"

    def _UpdateContactEventHooks(self, action, call):
        call.hook = action["Parameters"]["EventHooks"]["CustomerQueue"]
        return "next"

    def _take_target(self, action, call):
        kind = "agent" if "AgentId" in action["Parameters"] else "queue"
        where = self._value(action["Parameters"]["AgentId" if kind == "agent" else "QueueId"], call)
        call.target = (kind, where)
        return bool(re.match(r"arn:|[0-9a-f]{8}-", where))

    def _UpdateContactTargetQueue(self, action, call):
        return "next" if self._take_target(action, call) else NO_MATCH

    def _TransferContactToQueue(self, action, call):
        return self._wait(call)

    def _DequeueContactAndTransferToQueue(self, action, call):
        return self._wait(call) if self._take_target(action, call) else NO_MATCH

    def _TransferParticipantToThirdParty(self, action, call):
        number_ = self._value(action["Parameters"]["ThirdPartyPhoneNumber"], call)
        if not E164(number_):
            return NO_MATCH
        if number_ in call.unreachable:
            return "CallFailed"
        call.talked = ("phone", number_)  # the flow goes on when the other side has hung up
        return "next"

    def _MessageParticipant(self, action, call):
        call.heard.append(action["Parameters"]["Text"])
        return "next"

    def _MessageParticipantIteratively(self, action, call):
        call.heard.append(action["Parameters"]["Messages"][0]["Text"])
        # Somebody takes a call that waits in a queue; an agent who did not take it does not later.
        return "when MessagesInterrupted" if call.target[0] == "agent" else call.target

    def _Loop(self, action, call):
        done = call.loops.get(action["Identifier"], 0)
        if done >= int(action["Parameters"]["LoopCount"]):
            call.loops[action["Identifier"]] = 0
            return "when DoneLooping"
        call.loops[action["Identifier"]] = done + 1
        return "when ContinueLooping"

    def _EndFlowExecution(self, action, call):
        return ("waits", call.target[1] if call.target else None)

    def _DisconnectParticipant(self, action, call):
        return call.talked or ("hung up", None)
