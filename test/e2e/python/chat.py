"""Calls the gateway with the openai package, as an application would.

Reads {"base_url", "api_key", "jobs": [{"name", "scenario", "model", "prompt"}]} from standard input and
prints one line of JSON for each job: {"name", "result"}, or {"name", "error"} where it raised.
"""

import json
import sys

from openai import OpenAI
from pydantic import BaseModel

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of the coming days",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city", "days"],
            "additionalProperties": False,
        },
    },
}


class Day(BaseModel):
    degrees: float
    rain: bool


class Report(BaseModel):
    city: str
    days: list[Day]


def user(prompt):
    return {"role": "user", "content": prompt}


def text(completions, model, prompt):
    answer = completions.create(model=model, messages=[user(prompt)])
    return {
        "text": answer.choices[0].message.content,
        "finish": answer.choices[0].finish_reason,
        "usage": answer.usage.to_dict(),
    }


def stream(completions, model, prompt):
    options = {"include_usage": True}
    pieces, usage = [], None
    chunks = completions.create(
        model=model, messages=[user(prompt)], stream=True, stream_options=options
    )
    for chunk in chunks:
        pieces += [choice.delta.content for choice in chunk.choices if choice.delta.content]
        usage = chunk.usage or usage
    return {"pieces": pieces, "usage": usage.to_dict()}


def tools(completions, model, prompt):
    return round_trip(lambda **call: whole(completions, **call), model, prompt)


def tools_in_stream(completions, model, prompt):
    return round_trip(lambda **call: streamed(completions, **call), model, prompt)


def structured(completions, model, prompt):
    answer = completions.parse(model=model, messages=[user(prompt)], response_format=Report)
    return answer.choices[0].message.parsed.model_dump()


def thinking(completions, model, prompt):
    return round_trip(lambda **call: whole(completions, **call), model, prompt, "low")


def thinking_in_stream(completions, model, prompt):
    return round_trip(lambda **call: streamed(completions, **call), model, prompt, "low")


def whole(completions, **call):
    return completions.create(**call).choices[0].message


def streamed(completions, **call):
    with completions.stream(**call) as events:
        for _event in events:
            pass
        return events.get_final_completion().choices[0].message


def round_trip(ask, model, prompt, effort=None):
    """A question, the call of a tool, its result, and the answer; the message goes back as it came."""
    call = {"model": model, "tools": [WEATHER], "messages": [user(prompt)]}
    if effort is not None:
        call["reasoning_effort"] = effort
    first = ask(**call)
    call["messages"].append(sent_back(first))
    for tool_call in first.tool_calls:
        call["messages"].append(
            {"role": "tool", "tool_call_id": tool_call.id, "content": "three days of sun"}
        )
    return {"first": call["messages"][1], "last": sent_back(ask(**call))}


def sent_back(message):
    """What the stream helper parsed on the side is not part of a message."""
    sent = message.to_dict(mode="json")
    sent.pop("parsed", None)
    for tool_call in sent.get("tool_calls") or []:
        tool_call["function"].pop("parsed_arguments", None)
    return sent


SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (text, stream, tools, tools_in_stream, structured, thinking, thinking_in_stream)
}


def main():
    settings = json.load(sys.stdin)
    client = OpenAI(base_url=settings["base_url"], api_key=settings["api_key"], max_retries=0)
    for job in settings["jobs"]:
        scenario = SCENARIOS[job["scenario"]]
        try:
            outcome = {"result": scenario(client.chat.completions, job["model"], job["prompt"])}
        except Exception as error:  # a failed job must not hide what the others did
            outcome = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"name": job["name"], **outcome}), flush=True)


main()
