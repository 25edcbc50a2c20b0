"""Makes what requests can be about: projects at the beginning and in the middle, their messages, executions and gates. Without
it nearly every answer would be that there is no such thing. Called by scripts/lib/schemathesis.sh with the server's URL and a
folder, in which it leaves their ids, a file a kind, in the form schemathesis reads."""

import json
import pathlib
import subprocess
import sys
import time
import urllib.request

# How long the server may take for one thing: a busy machine.
PATIENCE_SECONDS = 60

# What somebody answers who wants a shop, after having asked for the workflow.
WISHES = ["start the workflow", "An online shop for pottery", "People who like handmade cups", "They find us at markets only",
          "They can order from home", "must: a basket, search", "skip", "skip", "skip"]

url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
ids = {"projects": [], "spare_projects": [], "messages": [], "executions": [], "gates": []}


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, method=method, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)


def wait_for(what, look):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    sys.exit(f"waited {PATIENCE_SECONDS} s in vain for {what}")


def make(name, **more):
    return ask("POST", "/api/projects", {"name": name, **more})["id"]


shop = folder / "shop"
shop.mkdir()
(shop / "README.md").write_text("# Shop\n\nSells pottery.\n")
subprocess.run(["git", "init", "--quiet", str(shop)], check=True)

with_folder, with_vision = make("Shop", workspace_path=str(shop)), make("Pottery")
ids["projects"] = [with_folder, with_vision, make("Nothing yet")]
# For whoever deletes: what the others are asked about stays.
ids["spare_projects"] = [make(f"Spare {number}") for number in range(3)]

for command in ["prime", "validate"]:
    execution = ask("POST", f"/api/projects/{with_folder}/executions", {"command": command})["id"]
    ids["executions"].append(execution)
    wait_for("a command to end", lambda: ask("GET", f"/api/executions/{execution}")["completed_at"])

for wish in WISHES:
    said = f"/api/projects/{with_vision}/messages"
    before = len(ask("GET", said))
    ids["messages"].append(ask("POST", said, {"content": wish})["id"])
    wait_for("a reply", lambda: len(ask("GET", said)) > before + 1)
gates = wait_for("a gate", lambda: ask("GET", f"/api/projects/{with_vision}/gates"))
ids["gates"] = [gate["id"] for gate in gates]

for kind, of_kind in ids.items():
    (folder / kind).write_text("".join(f'"{one}"\n' for one in of_kind))
