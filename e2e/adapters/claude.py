#!/usr/bin/env python3
"""Claude Code, as far as its protocol goes: says who it is where it runs, and what it was asked."""
import getpass
import json
import sys


def say(message):
    print(json.dumps(message), flush=True)


known = {"commands": [], "models": [], "account": {}, "mcp_servers_applied": True}
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "control_request":
        answer = {"subtype": "success", "request_id": message["request_id"], "response": known}
        say({"type": "control_response", "response": answer})
    if message["type"] == "user":
        asked = json.dumps(message["message"]["content"])
        result = {"subtype": "success", "is_error": False, "result": f"{getpass.getuser()}: {asked}"}
        say({"type": "result", "session_id": "s", "uuid": "u", **result})
        break
