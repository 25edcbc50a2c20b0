// A coding agent that does what a browser test's script says, when the test says so: tests/support/acp/agent.rs is the
// program, and has all the actions there are.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = process.env.SCRIPTED_AGENT || fileURLToPath(new URL("../../../target/debug/examples/scripted-agent", import.meta.url));

/** @typedef {Record<string, any>} Action an object with one field */

export class ScriptedAgent {
  #folder;

  /** @param {string} folder a temporary one, for its script, its journal and what it waits for */
  constructor(folder) {
    if (!existsSync(PROGRAM)) throw new Error(`There is no program at ${PROGRAM}: build it with cargo build --example scripted-agent, or set SCRIPTED_AGENT.`);
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.does([]);
  }

  /** What starts it. @returns {[program: string, script: string]} */
  get line() { return [PROGRAM, join(this.#folder, "script.json")]; }

  /** A server's settings with which its commands run in it. */
  get settings() { return { PM__ACP__COMMAND: JSON.stringify(this.line) }; }

  /** Has it do this whatever it is asked, from its next start on. @param {Action[]} actions */
  does(actions) { this.follows({ turns: [{ when: "", do: actions }] }); }

  /** The same with a whole script. @param {any} script */
  follows(script) { writeFileSync(this.line[1], JSON.stringify(script)); }

  /** Where its script waits until it is let go on. @param {string} name @returns {Action} */
  waitsFor(name) { return { wait_for: join(this.#folder, name) }; }

  /** Lets it go on there. @param {string} name */
  goOn(name) { writeFileSync(join(this.#folder, name), ""); }

  /** What it was asked and answered of one sort, in order. @param {string} sort @returns {any[]} */
  heard(sort) {
    const path = join(this.#folder, "script.journal");
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    // What stands behind the last end of a line is still on its way.
    const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line)).filter((note) => sort in note).map((note) => note[sort]);
  }

  /** Which options were chosen for it, or what became of its question instead. @returns {string[]} */
  get answers() { return this.heard("answer").map(({ outcome }) => outcome.optionId ?? outcome.outcome); }
}

/** What it tells of its work, as the protocol has it. @param {any} update @returns {Action} */
export const tells = (update) => ({ tell: update });

/** It begins to use a tool. @param {string} id @param {string} title @param {any} [more] */
export const uses = (id, title, more = {}) => tells({ sessionUpdate: "tool_call", toolCallId: id, title, ...more });

/** More of that. @param {string} id @param {any} more */
export const adds = (id, more) => tells({ sessionUpdate: "tool_call_update", toolCallId: id, ...more });

/** It is done with it, with this answer. @param {string} id @param {string} text */
export const gets = (id, text) => adds(id, { status: "completed", content: [{ type: "content", content: { type: "text", text } }] });

/** It changed a file of its copy. @param {string} id @param {string} path @param {string | null} oldText @param {string} newText */
export const edits = (id, path, oldText, newText) =>
  uses(id, `Edit ${path}`, { kind: "edit", status: "completed", content: [{ type: "diff", path: `{root}/${path}`, oldText, newText }] });

/** It asks whether it may run this. @param {string} id @param {string} command @returns {Action} */
export const asksToRun = (id, command) => ({
  ask: {
    toolCall: { toolCallId: id, title: `\`${command}\``, kind: "execute", rawInput: { command } },
    // Not in the order in which a person is to read them.
    options: [
      { optionId: "no", name: "Reject", kind: "reject_once" },
      { optionId: "always", name: "Always allow", kind: "allow_always" },
      { optionId: "once", name: "Allow", kind: "allow_once" },
    ],
  },
});
