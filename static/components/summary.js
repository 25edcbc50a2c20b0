// Markdown an agent wrote; long ones start closed, with the beginning in sight.

import { html } from "../lib.js";
import { MarkdownView } from "./markdown-view.js";
import { useOpen } from "../target.js";

const CHARS = 700;
const LINES = 12;

/** @param {{ text: string, wish?: number, onOpen: () => void }} props */
export function Summary({ text, wish, onOpen }) {
  const isLong = text.length > CHARS || text.split("\n").length > LINES;
  const [isOpen, setOpen] = useOpen(!isLong, wish);
  const toggle = () => {
    onOpen();
    setOpen(!isOpen);
  };
  return html`
    <div class="summary" data-closed=${!isOpen || undefined}><${MarkdownView} text=${text} /></div>
    ${isLong && html`<button type="button" class="link" aria-expanded=${isOpen} onClick=${toggle}>${isOpen ? "Show less" : "Show all"}</button>`}`;
}
