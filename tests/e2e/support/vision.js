// A project at the first gate: its vision document was asked for in the chat and waits for an approval.

import { expect } from "@playwright/test";

/** What somebody answers who wants a shop. */
const ANSWERS = ["An online shop for pottery", "People who like handmade cups", "They find us at markets only", "They can order from home", "must: a basket, search", "skip", "skip", "skip"];

/** @param {import("./server.js").Server} server @param {string} projectId @param {string[]} [answers] to the eight questions, in their order */
export async function writeVision(server, projectId, answers = ANSWERS) {
  const messages = () => server.ask("GET", `/api/projects/${projectId}/messages?limit=100`);
  for (const content of ["start the workflow", ...answers]) {
    const before = (await messages()).length;
    await server.ask("POST", `/api/projects/${projectId}/messages`, { content });
    await expect.poll(async () => (await messages()).length).toBeGreaterThan(before + 1);
  }
  return openGate(server, projectId);
}

/** The newest gate that waits, as soon as there is one. @param {import("./server.js").Server} server @param {string} projectId @returns {Promise<any>} */
export async function openGate(server, projectId) {
  /** @type {any[]} */
  let open = [];
  await expect.poll(async () => (open = await server.ask("GET", `/api/projects/${projectId}/gates?status=PENDING`)).length).toBeGreaterThan(0);
  return open[0];
}
