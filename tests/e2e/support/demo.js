// A small, plausible project for the pictures: a tea shop in JavaScript with a history, and tests that really run. The
// last of them waits until the picture is taken.

import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeCheckout } from "./checkout.js";

const README = `# Meadow Tea

An online shop for loose-leaf tea. Visitors browse the catalogue, put tea into a cart by weight, and pay by card;
the shop sends a confirmation by mail and keeps an eye on the stock.

## Run it

    npm install
    npm start
`;

const PACKAGE = {
  name: "meadow-tea", version: "2.3.0", description: "An online shop for loose-leaf tea", type: "module", main: "src/server.js",
  scripts: { start: "node src/server.js", test: "node --test --test-reporter=spec" },
};

const SOURCES = {
  "src/server.js": `import http from "node:http";
import { catalogue } from "./catalogue.js";

http.createServer((request, response) => response.end(JSON.stringify(catalogue))).listen(8080);
`,
  "src/catalogue.js": `export const catalogue = [
  { id: "assam", name: "Assam Hathikuli", cents: 890 },
  { id: "sencha", name: "Sencha Uji", cents: 1450 },
  { id: "rooibos", name: "Rooibos Vanilla", cents: 640 },
];
`,
  "src/cart.js": `export function total(lines) {
  return lines.reduce((sum, { cents, hundredGrams }) => sum + cents * hundredGrams, 0);
}

export function add(lines, line) {
  return [...lines, line];
}
`,
  "src/delivery.js": "export const shipping = (cents) => (cents >= 4000 ? 0 : 490);\n",
  "src/mail.js": "export const subject = (order) => `Your order ${order.id} at Meadow Tea`;\n",
  "public/index.html": "<!doctype html>\n<title>Meadow Tea</title>\n<main id=\"shop\"></main>\n",
  "public/style.css": "main { max-width: 60rem; margin: auto; }\n",
};

const test = (/** @type {string} */ subject, /** @type {string} */ imports, /** @type {string[]} */ cases) => `import assert from "node:assert/strict";
import { describe, test } from "node:test";
${imports}
describe("${subject}", () => {
${cases.map((one) => `  ${one}`).join("\n")}
});
`;

const TESTS = {
  "test/cart.test.js": test("cart", "import { add, total } from \"../src/cart.js\";\n", [
    "test(\"is empty at first\", () => assert.equal(total([]), 0));",
    "test(\"adds up by weight\", () => assert.equal(total(add([], { cents: 890, hundredGrams: 3 })), 2670));",
    "test(\"keeps what was in it\", () => assert.equal(add([1], 2).length, 2));",
  ]),
  "test/delivery.test.js": test("delivery", "import { shipping } from \"../src/delivery.js\";\n", [
    "test(\"is free from 40 euros on\", () => assert.equal(shipping(4000), 0));",
    "test(\"costs 4.90 below\", () => assert.equal(shipping(3999), 490));",
  ]),
  "test/mail.test.js": test("confirmation mail", "import { subject } from \"../src/mail.js\";\n", [
    "test(\"names the order\", () => assert.match(subject({ id: 17 }), /17/));",
  ]),
};

/** @param {string} pipe */
const waiting = (pipe) => test("stock", `import { readFileSync } from "node:fs";\n`, [
  `test("goes down with each order", () => assert.ok(readFileSync(${JSON.stringify(pipe)})));`,
]);

/** Who did what on which day, oldest first. @type {[string, string, string, string[]][]} */
const HISTORY = [
  ["2026-03-02", "Mira Lang", "Start the shop: catalogue and server", ["README.md", "package.json", "src/server.js", "src/catalogue.js", "public"]],
  ["2026-03-09", "Jonas Weber", "Sell by weight: cart with totals", ["src/cart.js", "test/cart.test.js"]],
  ["2026-04-17", "Mira Lang", "Deliver for free from 40 euros on", ["src/delivery.js", "test/delivery.test.js"]],
  ["2026-05-21", "Jonas Weber", "Confirm orders by mail", ["src/mail.js", "test/mail.test.js"]],
];

export class Demo {
  #pipe;

  /** @param {string} folder where the checkout is made @param {string} hidden a folder for what the pictures do not show */
  constructor(folder, hidden) {
    const pipe = join(hidden, "stock");
    execFileSync("mkfifo", [pipe]);
    this.#pipe = openSync(pipe, "r+");
    const history = HISTORY.map(([date, author, subject, paths]) => ({ date, author, subject, paths }));
    this.path = makeCheckout(folder, {
      "README.md": README, "package.json": `${JSON.stringify(PACKAGE, null, 2)}\n`, ...SOURCES, ...TESTS, "test/stock.test.js": waiting(pipe),
    }, [...history, { date: "2026-06-12", author: "Mira Lang", subject: "Count the stock down with each order", paths: ["."] }]);
  }

  /** Lets the last test end. */
  finish() {
    writeSync(this.#pipe, "ok");
    closeSync(this.#pipe);
  }
}
