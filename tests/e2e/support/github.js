// A server that speaks as much of GitHub's REST interface as a page can tell: issues (with pull requests among them, a page at a
// time), how many there are, repositories, pull requests with their checks, comments, and webhooks. Whoever it is may write. Its
// pages for people are addresses alone.

import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";

/** When everything in it was made: nothing here is about time. */
const MADE = "2026-03-02T09:00:00Z";
/** With which its webhooks are signed. */
const SECRET = "what only the two of them know";

export class GitHub {
  #server = createServer((request, response) => this.#answer(request, response));
  #port = 0;
  /** By the full name of their repository. @type {Map<string, any[]>} */
  #issues = new Map();
  /** @type {Map<string, any>} */
  #pulls = new Map();
  /** @type {any[]} */
  #repositories = [];
  /** What was written below issues. @type {{ issue: number, body: string, html_url: string, created_at: string }[]} */
  comments = [];
  /** What it answers to everything, if not what was asked for. @type {{ status: number, message: string } | null} */
  trouble = null;

  async start() {
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", () => done(undefined)));
    this.#port = /** @type {import("node:net").AddressInfo} */ (this.#server.address()).port;
    return this;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(() => done(undefined)));
  }

  get #origin() { return `http://127.0.0.1:${this.#port}`; }

  /** With which a server of ours speaks to it, in somebody's name and without keeping what it read. */
  get settings() {
    return {
      PM__GITHUB__API_URL: `${this.#origin}/api/v3`, GITHUB_ACCESS_TOKEN: "ghp_of_a_test", GITHUB_WEBHOOK_SECRET: SECRET, PM__GITHUB__CACHE_SECONDS: "0", PM__GITHUB__LOOK_SECONDS: "0.2",
      PM__PROJECTS__REPOSITORIES: "any",
    };
  }

  /** The address of a repository's page. @param {string} name */
  url(name) { return `${this.#origin}/${name}`; }

  /** @param {string} name @param {{ description?: string, private?: boolean, archived?: boolean }} [more] */
  has(name, { description, private: isPrivate = false, archived = false } = {}) {
    this.#repositories.push({ full_name: name, description: description ?? null, html_url: this.url(name), private: isPrivate, archived });
    this.#issues.set(name, []);
  }

  /** @param {string} name @param {number} number @param {string} title @param {{ labels?: string[], state?: "open" | "closed", url?: string, at?: string }} [more] */
  issue(name, number, title, { labels = [], state = "open", url = `${this.url(name)}/issues/${number}`, at = MADE } = {}) {
    const issue = { id: number, number, title, body: null, state, html_url: url, labels: labels.map((label) => ({ name: label })), assignees: [], user: { login: "mira", type: "User" }, created_at: at, updated_at: at };
    this.#issues.set(name, [...(this.#issues.get(name) ?? []).filter((one) => one.number !== number), issue]);
  }

  /** @param {string} name @param {number} number @param {string} title @param {any} [more] `checks` are check runs by name, with their conclusion or null while they run */
  pull(name, number, title, more = {}) {
    const { checks = {}, ...rest } = more;
    const url = `${this.url(name)}/pull/${number}`;
    const pull = { number, title, html_url: url, state: "open", merged: false, merged_at: null, draft: false, head: { ref: `feature/${number}`, sha: `sha${number}` }, user: { login: "mira" }, created_at: MADE, updated_at: MADE, ...rest };
    this.#pulls.set(`${name}/${number}`, { pull, checks });
    return url;
  }

  /** Opens an issue and tells of it. @param {{ url: string }} server @param {string} name @param {number} number @param {string} title */
  async opens(server, name, number, title) {
    this.issue(name, number, title);
    await this.#tell(server, "issues", { action: "opened", issue: this.#issues.get(name)?.at(-1), repository: this.#about(name), sender: { login: "mira", type: "User" } });
  }

  /** Somebody writes below an issue, of which it tells. @param {{ url: string }} server @param {string} name @param {number} number @param {string} login @param {string} body */
  async says(server, name, number, login, body) {
    const user = { login, type: "User" };
    const comment = { id: 1, body, user, html_url: `${this.url(name)}/issues/${number}#issuecomment-1`, created_at: new Date().toISOString(), updated_at: MADE };
    const issue = this.#issues.get(name)?.find((one) => one.number === number);
    await this.#tell(server, "issue_comment", { action: "created", issue, comment, repository: this.#about(name), sender: user });
  }

  /** @param {string} name */
  #about(name) { return this.#repositories.find((one) => one.full_name === name); }

  /** @param {{ url: string }} server @param {string} event @param {any} payload */
  async #tell(server, event, payload) {
    const body = JSON.stringify(payload);
    const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
    const headers = { "Content-Type": "application/json", "X-GitHub-Event": event, "X-GitHub-Delivery": randomUUID(), "X-Hub-Signature-256": signature };
    const response = await fetch(`${server.url}/webhooks/github/`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`A webhook was answered with ${response.status}: ${await response.text()}`);
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async #answer(request, response) {
    let body = "";
    for await (const piece of request) body += piece;
    const url = new URL(request.url ?? "/", this.#origin);
    const send = (/** @type {number} */ status, /** @type {any} */ value) => response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" }).end(JSON.stringify(value));
    if (this.trouble) return send(this.trouble.status, { message: this.trouble.message, documentation_url: "https://docs.github.com/rest" });
    const [, name, issue] = request.method === "POST" && /^\/api\/v3\/repos\/([^/]+\/[^/]+)\/issues\/(\d+)\/comments$/.exec(url.pathname) || [];
    if (name) {
      const comment = { issue: Number(issue), body: JSON.parse(body).body, html_url: `${this.url(name)}/issues/${issue}#issuecomment-${this.comments.length + 2}`, created_at: MADE };
      this.comments.push(comment);
      return send(201, comment);
    }
    const found = this.#find(url, (next) => response.setHeader("Link", `<${next}>; rel="next"`));
    return found === undefined ? send(404, { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" }) : send(200, found);
  }

  /** @param {URL} url @param {(next: string) => void} link @returns {any} */
  #find(url, link) {
    const path = url.pathname.replace(/^\/api\/v3\//, "");
    if (path === "user/repos") return this.#page(url, this.#repositories, link);
    if (path === "search/issues") {
      const [, name, state] = /^repo:(\S+) is:issue state:(\w+)$/.exec(url.searchParams.get("q") ?? "") ?? [];
      return { total_count: (this.#issues.get(name) ?? []).filter((one) => one.state === state).length, incomplete_results: false, items: [] };
    }
    const [, name, rest] = /^repos\/([^/]+\/[^/]+)\/?(.*)$/.exec(path) ?? [];
    if (!name || !this.#issues.has(name)) return undefined;
    if (rest === "") return this.#about(name);
    if (/^collaborators\/[^/]+\/permission$/.test(rest)) return { permission: "write" };
    const [, issue] = /^issues\/(\d+)\/comments$/.exec(rest) ?? [];
    if (issue) return this.comments.filter((one) => one.issue === Number(issue));
    if (rest === "issues") return this.#page(url, this.#listed(name, url.searchParams.get("state") ?? "open"), link);
    const [, number] = /^pulls\/(\d+)$/.exec(rest) ?? [];
    if (number) return this.#pulls.get(`${name}/${number}`)?.pull;
    const [, commit, what] = /^commits\/sha(\d+)\/(check-runs|status)$/.exec(rest) ?? [];
    const held = this.#pulls.get(`${name}/${commit}`);
    if (!held) return undefined;
    if (what === "status") return { state: "pending", statuses: [], total_count: 0 };
    const runs = Object.entries(held.checks).map(([check, conclusion]) => ({ name: check, status: conclusion ? "completed" : "in_progress", conclusion }));
    return { total_count: runs.length, check_runs: runs };
  }

  /** GitHub has pull requests among its issues. @param {string} name @param {string} state */
  #listed(name, state) {
    const pulls = [...this.#pulls].filter(([key]) => key.startsWith(`${name}/`)).map(([, { pull }]) => ({ ...pull, labels: [], assignees: [], pull_request: { url: pull.html_url } }));
    return [...pulls, ...(this.#issues.get(name) ?? [])].filter((one) => state === "all" || one.state === state);
  }

  /** @param {URL} url @param {any[]} all @param {(next: string) => void} link */
  #page(url, all, link) {
    const size = Number(url.searchParams.get("per_page") ?? 30);
    const page = Number(url.searchParams.get("page") ?? 1);
    if (all.length > page * size) {
      const next = new URL(url);
      next.searchParams.set("page", String(page + 1));
      link(next.href);
    }
    return all.slice((page - 1) * size, page * size);
  }
}
