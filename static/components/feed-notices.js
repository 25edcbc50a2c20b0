// What is wrong with the feed right now, in words: the server out of reach, degraded parts, gaps, what the server itself
// said. Where there may be more to know, the way to it stands beside.

import { html } from "../lib.js";
import { OFFLINE_AFTER_ATTEMPTS } from "../retry.js";
import { diagnosticsHash } from "../route.js";
import { currentId, view } from "../store.js";

const OUT_OF_REACH = "The server is not reached. What is on the screen stays, and it goes on by itself as soon as the server answers. If you started Project Manager yourself, check that it still runs.";

export function FeedNotices() {
  const { degraded, problem, gaps, feed } = view.value;
  const isOut = feed !== null && feed.phase !== "live" && feed.failures >= OFFLINE_AFTER_ATTEMPTS;
  const lines = [
    ...(problem ? [{ tone: "bad", text: problem, isOpen: true }] : isOut ? [{ tone: "bad", text: OUT_OF_REACH, isOpen: true }] : []),
    ...Object.values(degraded).map((text) => ({ tone: "warn", text, isOpen: true })),
    ...gaps.map((gap) => ({
      tone: "warn",
      isOpen: false,
      text: gap.reason === "ahead"
        ? "The server's record is another one than before (restored from a copy, perhaps). What it holds now is shown."
        : `Steps ${gap.from} to ${gap.to} are no longer stored on the server.`,
    })),
  ];
  return lines.map(({ tone, text, isOpen }) => html`
    <div class="strip" data-tone=${tone} role="status" key=${text}>
      <p>${text}</p>
      ${isOpen && html`<a class="link" href=${diagnosticsHash(currentId.value)}>Why?</a>`}
    </div>`);
}
