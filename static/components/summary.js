// Markdown an agent wrote; long ones start closed, with the beginning in sight.

import { html, useState } from "../lib.js";
import { MarkdownView } from "./markdown-view.js";

const CHARS = 700;
const LINES = 12;

/** @param {{ text: string, onOpen: () => void }} props */
export function Summary({ text, onOpen }) {
  const isLong = text.length > CHARS || text.split("\n").length > LINES;
  const [isOpen, setOpen] = useState(!isLong);
  const toggle = () => {
    onOpen();
    setOpen(!isOpen);
  };
  return html`
    <div class="summary" data-closed=${!isOpen || undefined}><${MarkdownView} text=${text} /></div>
    ${isLong && html`<button type="button" class="link" aria-expanded=${isOpen} onClick=${toggle}>${isOpen ? "Show less" : "Show all"}</button>`}`;
}
