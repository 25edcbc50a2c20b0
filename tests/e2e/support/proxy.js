// A reverse proxy as people put in front of a server. What a test tells it to, it answers itself: an error page, or
// nothing at all.

import { createServer, request } from "node:http";
import { connect } from "node:net";

export class Proxy {
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  #target;
  #server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing));
  url = "";
  /** The status it answers a path with instead of asking the server. @type {(path: string) => number | null} */
  refuses = () => null;

  /** @param {string} target */
  constructor(target) {
    this.#target = new URL(target);
    this.#server.on("upgrade", (incoming, socket, head) => this.#upgrade(incoming, socket, head));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
    });
  }

  async start() {
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", () => done(undefined)));
    this.url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port}`;
    return this;
  }

  /** Cuts every open connection. */
  cut() { for (const socket of this.#sockets) socket.destroy(); }

  async stop() {
    this.cut();
    await new Promise((done) => this.#server.close(() => done(undefined)));
  }

  /** @param {import("node:http").IncomingMessage} incoming @param {import("node:http").ServerResponse} outgoing */
  #forward(incoming, outgoing) {
    const status = this.refuses(incoming.url ?? "");
    if (status !== null) {
      outgoing.writeHead(status, { "Content-Type": "text/html" });
      outgoing.end("<h1>The proxy has nothing to say</h1>");
      return;
    }
    const { hostname, port } = this.#target;
    const onward = request({ hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  /** @param {import("node:http").IncomingMessage} incoming @param {import("node:stream").Duplex} socket @param {Buffer} head */
  #upgrade(incoming, socket, head) {
    const onward = connect(Number(this.#target.port), this.#target.hostname, () => {
      const headers = incoming.rawHeaders.map((text, i) => i % 2 === 0 ? `${text}: ` : `${text}\r\n`).join("");
      onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers}\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [onward, socket]) end.on("error", () => end.destroy());
    onward.on("close", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  }
}
