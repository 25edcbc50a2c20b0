// What a program printed: its last lines, the whole on request. It comes in pieces, and each piece is a block of its own,
// so that one more costs one more and not all of them again. It stays at its end while more is printed.

import { html, memo, useLayoutEffect } from "../lib.js";
import { useFollow } from "../follow.js";
import { CAP_CHARS, CAP_LINES, capped, count } from "../format.js";
import { useOpen } from "../target.js";

/** @param {{ lines: import("../state.js").Activity[], wish?: number, onOpen: () => void }} props */
export function OutputBlock({ lines, wish, onOpen }) {
  const [isWhole, setWhole] = useOpen(false, wish);
  const follow = useFollow(lines[lines.length - 1]?.seq, () => 0);
  useLayoutEffect(() => { if (wish) follow.hold(); }, [wish]);
  const end = lastPieces(lines);
  const cut = capped(end.map((line) => line.message).join("\n"), { from: "end" });
  const isCapped = cut.isCapped || end.length < lines.length;
  const toggle = () => {
    onOpen();
    setWhole(!isWhole);
  };
  return html`
    <div class="raw" data-kind="output">
      ${isCapped && html`<button type="button" class="link" aria-expanded=${isWhole} onClick=${toggle}>
        ${isWhole ? "Show less" : `Show all ${count(lineCount(lines), "line")}`}</button>`}
      <pre tabindex="0" aria-label="Output" ref=${follow.box} onScroll=${follow.onScroll}>${isWhole
        ? lines.map((line) => html`<${Piece} key=${line.seq} text=${line.message} />`)
        : cut.text.replace(/^\s*\n/, "")}</pre>
    </div>`;
}

const Piece = memo(({ text }) => html`<span class="piece">${text || "\n"}</span>`);

/** As many of the last pieces as can be seen of a capped text. @param {import("../state.js").Activity[]} lines */
function lastPieces(lines) {
  let [start, height, chars] = [lines.length, 0, 0];
  while (start > 0 && height < 2 * CAP_LINES && chars < 2 * CAP_CHARS) {
    start--;
    height += heightOf(lines[start]);
    chars += lines[start].message.length;
  }
  return lines.slice(start);
}

/** How many lines each piece has, counted once. @type {WeakMap<object, number>} */
const heights = new WeakMap();

/** @param {import("../state.js").Activity} piece */
function heightOf(piece) {
  let height = heights.get(piece);
  if (height === undefined) heights.set(piece, height = piece.message.split("\n").length);
  return height;
}

/** @param {import("../state.js").Activity[]} lines */
const lineCount = (lines) => lines.reduce((sum, piece) => sum + heightOf(piece), 0);
