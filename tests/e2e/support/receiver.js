// Somebody who is notified: takes note of what it is sent, and answers as it is told.

import { createServer } from "node:http";

export class Receiver {
  /** @type {any[]} */
  received = [];
  /** What it answers. */
  status = 204;
  #server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    this.received.push(JSON.parse(body));
    response.statusCode = this.status;
    response.end();
  });

  async start() {
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", () => done(undefined)));
    return this;
  }

  get url() { return `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port}`; }

  /** What a server is set to that tells it everything, and soon tries again. */
  get settings() {
    return {
      PM__NOTIFICATIONS__URL: `${this.url}/services/nobodys-business`, PM__NOTIFICATIONS__SECRET: "a key that is long enough",
      PM__NOTIFICATIONS__RETRY_SECONDS_FIRST: "0.1", PM__NOTIFICATIONS__RETRY_SECONDS_LONGEST: "0.5",
    };
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(() => done(undefined)));
  }
}
