// A git checkout on disk, and one whose tests do what the browser test tells them, when it tells them.

import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/** @typedef {{ date: string, author: string, subject: string, paths: string[] }} Commit */

/** @type {Commit[]} */
const ONE_COMMIT = [{ date: "2026-01-02", author: "Ada", subject: "Begin", paths: ["."] }];

/**
 * @param {string} folder
 * @param {Record<string, string>} files
 * @param {Commit[]} [history] which of the files were committed when; one commit of all of them unless given
 * @returns {string} the folder
 */
export function makeCheckout(folder, files, history = ONE_COMMIT) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  for (const { date, author, subject, paths } of history) {
    const [at, address] = [`${date}T10:00:00Z`, "person@example.org"];
    git(folder, ["add", "--all", "--", ...paths]);
    git(folder, ["commit", "--quiet", "--allow-empty", `--message=${subject}`], {
      GIT_AUTHOR_NAME: author, GIT_AUTHOR_EMAIL: address, GIT_AUTHOR_DATE: at,
      GIT_COMMITTER_NAME: author, GIT_COMMITTER_EMAIL: address, GIT_COMMITTER_DATE: at,
    });
  }
  return folder;
}

/** @param {string} folder @param {string[]} args @param {Record<string, string>} [more] */
function git(folder, args, more = {}) {
  // A test may run inside a git hook, which ties git to another repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  execFileSync("git", args, { cwd: folder, env: { ...env, GIT_CONFIG_GLOBAL: "/dev/null", ...more }, stdio: "pipe" });
}

/** Repeats what comes through the pipe until it is told how to end; with a child, so that an end must reach both. */
const SCRIPT = `#!/bin/sh
exec 3<"$PIPE"
sh -c 'trap "" HUP; while read -r line; do :; done' <"$IDLE" &
echo "$$ $!" >"$PIDS.part" && mv "$PIDS.part" "$PIDS"
echo "The checks begin"
while read -r line <&3; do
  case $line in
    "exit "*) kill $!; exit "\${line#exit }" ;;
    *) printf '%s\\n' "$line" ;;
  esac
done
`;

/**
 * What is in the test's hands while \`make test\` runs: what it prints, and when and how it ends. There is no clock in it.
 */
export class Checks {
  #pipes;

  /** @param {string} folder beside the checkout @param {string} name */
  constructor(folder, name) {
    const at = (/** @type {string} */ what) => join(folder, `${name}.${what}`);
    this.pids = at("pids");
    execFileSync("mkfifo", [at("pipe"), at("idle")]);
    // Opened for both directions, so that neither this side nor the script waits for the other to open it.
    this.#pipes = [openSync(at("pipe"), "r+"), openSync(at("idle"), "r+")];
    this.files = {
      Makefile: ".PHONY: test\ntest:\n\t@sh checks.sh\n",
      "checks.sh": SCRIPT.replace('"$PIPE"', `"${at("pipe")}"`).replace('"$IDLE"', `"${at("idle")}"`).replaceAll("$PIDS", this.pids),
    };
  }

  /** Prints a line. @param {string} line */
  say(line) {
    if (this.#pipes.length === 0) throw new Error(`The test is over; it cannot say ${JSON.stringify(line)} any more.`);
    writeSync(this.#pipes[0], `${line}\n`);
  }

  pass() { this.say("exit 0"); }

  fail() { this.say("exit 1"); }

  /** The script's process and its child's; empty until they run. @returns {number[]} */
  processes() {
    return existsSync(this.pids) ? readFileSync(this.pids, "utf8").trim().split(" ").map(Number) : [];
  }

  close() {
    for (const pipe of this.#pipes.splice(0)) closeSync(pipe);
  }
}

/** Whether a process still runs; one that ended and was not waited for does not. @param {number} pid */
export function runs(pid) {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
