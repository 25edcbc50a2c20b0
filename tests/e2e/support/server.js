// The program itself, started like a person would: on a free port, with a data folder of its own, found by the line it
// prints. It is ended by its process id and nothing else is.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { within } from "./wait.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BINARY = process.env.PM_BIN || `${ROOT}target/debug/pm`;
const PRINTED = /Project Manager is at (http:\/\/127\.0\.0\.1:(\d+))/;

/** From the start to the printed line: the tables are made on the way. */
const START_MS = 20_000;
/** From SIGTERM to the end, with pages still open. */
const STOP_MS = 15_000;

/** What the machine's own settings would change about the program under test. */
const FOREIGN = /^(PM_|API_|SCAR_|DATABASE_URL|LOG_LEVEL|ANTHROPIC|GITHUB_|CARGO|RUST)/;

/** A failed test run must not leave servers behind. @type {Set<import("node:child_process").ChildProcess>} */
const alive = new Set();
process.on("exit", () => { for (const child of alive) child.kill("SIGKILL"); });

export class Server {
  /** @type {import("node:child_process").ChildProcess | null} */
  #child = null;
  #port = 0;
  /** Where it answers; the same after a restart. */
  url = "";
  /** All it has said, over all its lives. */
  log = "";
  /** Whether it was killed on purpose, so that Chromium may report refused connections to it. */
  wasKilled = false;

  /** @param {{ data: string, cwd: string, settings?: Record<string, string> }} options */
  constructor({ data, cwd, settings = {} }) {
    this.data = data;
    this.cwd = cwd;
    this.settings = settings;
  }

  get isRunning() { return this.#child !== null; }

  /** Starts it; after the first time on the port it had. */
  async start() {
    if (!existsSync(BINARY)) throw new Error(`There is no program at ${BINARY}: build it with cargo build, or set PM_BIN.`);
    const child = spawn(BINARY, [], { cwd: this.cwd, env: this.#environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    alive.add(child);
    child.once("exit", (code, signal) => {
      alive.delete(child);
      this.log += `--- ended: ${signal ?? code}\n`;
      if (this.#child === child) this.#child = null;
    });
    let said = "";
    const printed = new Promise((found, failed) => {
      child.once("error", failed);
      child.once("exit", () => failed(new Error(`The program ended before it answered:\n${this.log}`)));
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text) => {
          this.log += text;
          said += text;
          const line = PRINTED.exec(said);
          if (line) found(line);
        });
      }
    });
    const [, url, port] = await within(START_MS, printed, () => `The program did not say where it is:\n${this.log}`);
    this.url = url;
    this.#port = Number(port);
    return this;
  }

  #environment() {
    const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
    return { ...Object.fromEntries(own), PM__DATA__DIR: this.data, API_PORT: String(this.#port), ...this.settings };
  }

  /** Another command of the program, with the same settings; what it prints. @param {string[]} words */
  command(...words) {
    return execFileSync(BINARY, words, { cwd: this.cwd, env: { ...this.#environment(), LOG_LEVEL: "error" }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  /** As a power cut would: nothing of its own runs any more. */
  async kill() {
    this.wasKilled = true;
    await this.#end("SIGKILL");
  }

  /** As a service manager would; that it ends by itself is part of what is tested. */
  async stop() {
    this.thaw();
    if (this.#child) await this.#end("SIGTERM");
  }

  /** It is there and answers nothing, as when its machine hangs. */
  freeze() { this.#child?.kill("SIGSTOP"); }

  thaw() { this.#child?.kill("SIGCONT"); }

  /** A copy of its data as it is, to be restored later; both while it does not run. */
  keepData() {
    const copy = `${this.data}.copy`;
    cpSync(this.data, copy, { recursive: true });
    return {
      restore: () => {
        rmSync(this.data, { recursive: true });
        cpSync(copy, this.data, { recursive: true });
      },
    };
  }

  /** Its database is damaged under it, as by a disk that fails. */
  damageData() {
    for (const name of readdirSync(this.data).filter((one) => one.includes(".db"))) {
      const path = join(this.data, name);
      writeFileSync(path, Buffer.alloc(statSync(path).size, "damaged "));
    }
  }

  /** @param {NodeJS.Signals} signal */
  async #end(signal) {
    const child = this.#child;
    if (!child) throw new Error("The program is not running.");
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    try {
      await within(STOP_MS, ended, () => `The program did not end after ${signal}:\n${this.log}`);
    } finally {
      if (alive.has(child)) child.kill("SIGKILL");
    }
  }

  /** A plain request, for what a test needs but is not about. @param {string} method @param {string} path @param {any} [body] */
  async ask(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = body === undefined ? {} : { "Content-Type": "application/json" };
    if (this.settings.PM__AUTH__TOKEN) headers.Authorization = `Bearer ${this.settings.PM__AUTH__TOKEN}`;
    const response = await fetch(this.url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** @param {string} name @param {string} folder @param {string} [description] */
  createProject(name, folder, description) {
    return this.ask("POST", "/api/projects", { name, workspace_path: folder, description });
  }

  /** Everything the log of a project holds. @param {string} projectId @returns {Promise<any[]>} */
  async activities(projectId) {
    return (await this.ask("GET", `/api/projects/${projectId}/activity?after=0&limit=1000`)).items;
  }
}
