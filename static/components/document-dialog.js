// A document to read, over the page; to be copied and taken along as a file.

import { html, useEffect, useState } from "../lib.js";
import { api, words } from "../api.js";
import { copyText } from "../clipboard.js";
import { reading } from "../documents.js";
import { closeDialog, notice, toast } from "../store.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icon.js";
import { MarkdownView } from "./markdown-view.js";

export function DocumentDialog() {
  const { name, url } = reading.value ?? { name: "", url: "" };
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));

  const load = async () => {
    setProblem(null);
    try {
      setText(await api.document(url));
    } catch (error) {
      setProblem(words(error));
    }
  };
  useEffect(() => { void load(); }, [url]);

  const copy = async () => {
    if (await copyText(text ?? "")) toast.value = { text: "Document copied", at: Date.now() };
    else notice.value = "The browser does not let this page use the clipboard.";
  };
  const close = (/** @type {Event} */ event) => {
    event.preventDefault();
    closeDialog();
  };
  return html`
    <${Dialog} title=${name} kind="document-dialog" begin="close" onClose=${closeDialog} onSubmit=${close} footer=${html`
      <button type="button" class="button" disabled=${text === null} onClick=${copy}><${Icon} name="copy" />Copy</button>
      <a class="button" href=${url} download=${`${name}.md`}><${Icon} name="download" />Download</a>
      <button type="submit" name="close" class="button primary">Close</button>`}>
      ${problem ? html`<div class="strip" data-tone="bad" role="alert"><p>The document could not be loaded: ${problem}</p>
          <button type="button" class="link" onClick=${load}>Try again</button></div>`
        : text === null ? html`<p class="quiet-line late">Loading…</p>`
        : html`<div class="document-text" tabindex="0" role="region" aria-label=${name}><${MarkdownView} text=${text} /></div>`}
    <//>`;
}
