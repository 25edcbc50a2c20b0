// What is wrong with the feed right now, in words: degraded parts, gaps, what the server itself said.

import { html } from "../lib.js";
import { view } from "../store.js";

export function FeedNotices() {
  const { degraded, problem, gaps } = view.value;
  const lines = [
    ...(problem ? [{ tone: "bad", text: problem }] : []),
    ...Object.values(degraded).map((text) => ({ tone: "warn", text })),
    ...gaps.map((gap) => ({
      tone: "warn",
      text: gap.reason === "ahead"
        ? "The server's record is another one than before (restored from a copy, perhaps). What it holds now is shown."
        : `Steps ${gap.from} to ${gap.to} are no longer stored on the server.`,
    })),
  ];
  return lines.map((line) => html`<div class="strip" data-tone=${line.tone} role="status" key=${line.text}><p>${line.text}</p></div>`);
}
