// Raw text in its own box: the first or last lines of it, and the whole on request. What shows its last lines stays at
// its end while more is printed.

import { html, useState } from "../lib.js";
import { useFollow } from "../follow.js";
import { capped, count } from "../format.js";

/** @param {{ text: string, from?: "start" | "end", kind?: string, onOpen?: () => void }} props */
export function LongText({ text, from = "start", kind, onOpen }) {
  const [isWhole, setWhole] = useState(false);
  const cut = capped(text, { from });
  const follow = useFollow(text.length, () => 0);
  const scrolling = from === "end" ? { ref: follow.box, onScroll: follow.onScroll } : {};
  const more = html`<button type="button" class="link" aria-expanded=${isWhole} onClick=${() => { onOpen?.(); setWhole(!isWhole); }}>
    ${isWhole ? "Show less" : `Show all ${count(cut.lines, "line")}`}</button>`;
  return html`
    <div class="raw" data-kind=${kind}>
      ${cut.isCapped && from === "end" && more}
      <pre tabindex="0" ...${scrolling}>${isWhole ? text : cut.text}</pre>
      ${cut.isCapped && from === "start" && more}
    </div>`;
}
