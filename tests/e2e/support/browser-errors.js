// A browser test fails on any error in the console and on any exception in the page. What Chromium itself prints
// about things a test does on purpose is taken out, as narrowly as it can be told: nothing a page does can turn
// these lines off.

/** A server that was killed on purpose refuses connections, and cuts those that were open. */
const CUT = /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/;

export class BrowserErrors {
  /** @type {string[]} */
  #found = [];
  /** @type {{ status: number, path: string | RegExp }[]} */
  #refusals = [];
  /** @type {RegExp[]} */
  #losses = [];
  /** Every line of the console, of whatever kind. @type {string[]} */
  lines = [];

  /** @param {import("@playwright/test").BrowserContext} context @param {() => import("./server.js").Server[]} servers */
  constructor(context, servers) {
    context.on("weberror", (problem) => this.#found.push(`exception: ${problem.error()}`));
    context.on("console", (message) => {
      this.lines.push(message.text());
      if (!["error", "warning", "assert"].includes(message.type())) return;
      const { url } = message.location();
      const line = `${message.type()}: ${message.text()} (${url})`;
      const isOfKilled = servers().some((server) => server.wasKilled && isOf(server, `${url} ${message.text()}`));
      if (isOfKilled && CUT.test(message.text())) return;
      if (/^(Failed to load resource|WebSocket connection to .* failed)/.test(message.text()) && this.#losses.some((how) => how.test(message.text()))) return;
      this.#found.push(line);
    });
  }

  /** A form that the server turns down, or an address it does not know, makes Chromium print the status. @param {number} status @param {string | RegExp} path */
  expectRefusal(status, path) { this.#refusals.push({ status, path }); }

  /** From now on connections fail in this way, because the test cuts the network or holds the server. @param {RegExp} how */
  expectLoss(how) { this.#losses.push(how); }

  /** What was not expected. */
  get unexpected() {
    return this.#found.filter((line) => !this.#refusals.some(({ status, path }) =>
      (line.startsWith(`error: Failed to load resource: the server responded with a status of ${status} `) && isAt(line.replace(/\?[^)]*/, ""), path, ")"))
      || (line.startsWith("error: WebSocket connection to ") && isAt(line, path, "' failed: ") && line.includes(`code: ${status} `))));
  }
}

/** Whether a line names this address, with what stands behind it. @param {string} line @param {string | RegExp} path @param {string} end */
const isAt = (line, path, end) => typeof path === "string" ? line.includes(path + end) : path.test(line) && line.includes(end);

/** @param {import("./server.js").Server} server @param {string} text */
function isOf(server, text) {
  return text.includes(server.url) || text.includes(server.url.replace("http:", "ws:"));
}
