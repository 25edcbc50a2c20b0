// The documents of the open project, below its name in the list: its vision, its plans.

import { html, useState } from "../lib.js";
import { loadDocuments, openDocument } from "../documents.js";
import { view } from "../store.js";
import { Icon } from "./icon.js";

/** Of more than this the list of projects would be pushed out of sight. */
const FEW = 5;

export function DocumentList() {
  const { documents, documentsProblem } = view.value;
  const [isWhole, setWhole] = useState(false);
  if (documents === null && documentsProblem && !view.value.missing) {
    return html`<p class="documents-problem">The documents could not be loaded. <button type="button" class="link" onClick=${() => void loadDocuments()}>Try again</button></p>`;
  }
  if (!documents?.length) return null;
  const shown = isWhole || documents.length <= FEW ? documents : documents.slice(0, FEW - 1);
  return html`
    <ul class="documents" aria-label="Documents">
      ${shown.map((one) => html`
        <li key=${one.id}><button type="button" class="document" title=${one.name} onClick=${() => openDocument(one)}>
          <${Icon} name=${one.type === "plan" ? "list" : "file"} /><span>${one.name}</span></button></li>`)}
      ${shown.length < documents.length && html`
        <li><button type="button" class="document" aria-expanded="false" onClick=${() => setWhole(true)}><${Icon} name="none" /><span>Show all ${documents.length} documents</span></button></li>`}
    </ul>`;
}
