// One file of a diff: what became of it, and its lines below that.

import { html, useState } from "../lib.js";
import { DiffCounts, DiffView } from "./diff-view.js";
import { Icon } from "./icon.js";

/** What became of a file, where it was not only changed. @type {Record<string, string>} */
const WORDS = { new: "new", deleted: "deleted", renamed: "renamed", changed: "" };

/** @param {{ file: import("../diff.js").FileDiff, isOpen: boolean }} props `isOpen` at first */
export function ChangedFile({ file, isOpen: isOpenAtFirst }) {
  const { path, from, how, isBinary, added, removed, text } = file;
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const word = [WORDS[how], from && `was ${from}`, isBinary && "not a text"].filter(Boolean).join(", ");
  return html`
    <li class="changed-file">
      <h3><button type="button" aria-expanded=${isOpen} disabled=${!text} onClick=${() => setOpen(!isOpen)}>
        <${Icon} name=${text ? "chevron" : "none"} /><span class="changed-path">${path}</span>
        ${word && html`<span class="badge">${word}</span>`}
        ${text && html`<${DiffCounts} added=${added} removed=${removed} />`}
      </button></h3>
      ${isOpen && text && html`<${DiffView} text=${text} path=${path} />`}
    </li>`;
}
