// Raw text in its own box: the first lines of it, and the whole on request.

import { html } from "../lib.js";
import { capped, count } from "../format.js";
import { useOpen } from "../target.js";

/** @param {{ text: string, wish?: number, onOpen?: () => void }} props */
export function LongText({ text, wish, onOpen }) {
  const [isWhole, setWhole] = useOpen(false, wish);
  const cut = capped(text);
  const toggle = () => {
    onOpen?.();
    setWhole(!isWhole);
  };
  return html`
    <div class="raw">
      <pre tabindex="0">${isWhole ? text : cut.text}</pre>
      ${cut.isCapped && html`<button type="button" class="link" aria-expanded=${isWhole} onClick=${toggle}>
        ${isWhole ? "Show less" : `Show all ${count(cut.lines, "line")}`}</button>`}
    </div>`;
}
