// The lines of a diff: what came and what went by colour and by sign, and in words for who hears them. The first of them,
// and the whole on request.

import { html, memo, useMemo } from "../lib.js";
import { linesOf } from "../diff.js";
import { count } from "../format.js";
import { useOpen } from "../target.js";

/** A change that is longer is read on purpose. */
const CAP_LINES = 24;
/** Nobody is asked to click for this many lines more. */
const SPARE_LINES = 6;
/** A line that is longer was written by a program. */
const LINE_CHARS = 2_000;

/** @type {Record<string, string>} */
const SIGNS = { added: "+", removed: "−", same: " " };
/** @type {Record<string, string>} */
const WORDS = { added: "added: ", removed: "removed: " };

/** @param {{ text: string, path: string, wish?: number, onOpen?: () => void }} props `path` is the file it is about */
function View({ text, path, wish, onOpen }) {
  const lines = useMemo(() => linesOf(text), [text]);
  const [isWhole, setWhole] = useOpen(lines.length <= CAP_LINES + SPARE_LINES, wish);
  const canFold = lines.length > CAP_LINES + SPARE_LINES;
  const toggle = () => {
    onOpen?.();
    setWhole(!isWhole);
  };
  return html`
    <div class="diff">
      <pre tabindex="0" role="region" aria-label=${`Changes to ${path}`}>${(isWhole ? lines : lines.slice(0, CAP_LINES)).map((line, i) => html`<${Line} key=${i} line=${line} />`)}</pre>
      ${canFold && html`<button type="button" class="link" aria-expanded=${isWhole} onClick=${toggle}>${isWhole ? "Show less" : `Show all ${count(lines.length, "line")}`}</button>`}
    </div>`;
}

export const DiffView = memo(View);

/** @param {{ line: import("../diff.js").DiffLine }} props */
function Line({ line: { sort, text, at } }) {
  if (sort === "part") return html`<span class="diff-part">${`From line ${at}${text && `: ${text}`}`}</span>`;
  if (sort === "note") return html`<span class="diff-part">${text}</span>`;
  const shown = text.length > LINE_CHARS ? `${text.slice(0, LINE_CHARS)}…` : text;
  return html`<span class="diff-line" data-sort=${sort} data-at=${at}>${WORDS[sort] && html`<span class="sr-only">${WORDS[sort]}</span>`}<span class="diff-sign" aria-hidden="true">${SIGNS[sort]}</span>${shown || " "}</span>`;
}

/** How many lines came and went: "+12 −3". @param {{ added: number, removed: number }} props */
export function DiffCounts({ added, removed }) {
  return html`<span class="diff-counts"><span class="sr-only">${`${count(added, "line")} added, ${count(removed, "line")} removed`}</span>
    <span aria-hidden="true"><span data-sort="added">+${added}</span> <span data-sort="removed">−${removed}</span></span></span>`;
}
