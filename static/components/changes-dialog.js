// All that was changed on a branch, file by file, over the page; and the way to take the copy away it was changed in.

import { html, useEffect, useRef, useState } from "../lib.js";
import { api, words } from "../api.js";
import { inspecting, removeCopy } from "../changes.js";
import { copyText } from "../clipboard.js";
import { filesOf } from "../diff.js";
import { count } from "../format.js";
import { closeDialog, currentId, notice, toast, view } from "../store.js";
import { changeWords } from "../work.js";
import { ChangedFile } from "./changed-file.js";
import { Dialog } from "./dialog.js";
import { DiffCounts } from "./diff-view.js";
import { Icon } from "./icon.js";

/** So many files are open at first. */
const OPEN_MAX = 6;

export function ChangesDialog() {
  const asked = inspecting.value;
  // A command that still works changes more of it.
  const change = view.value.changes?.find(({ key }) => key === asked?.key) ?? asked;
  const [files, setFiles] = useState(/** @type {import("../diff.js").FileDiff[] | null} */ (null));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [isAsking, setAsking] = useState(false);
  const url = change?.diffUrl ?? "";

  // A copy that is being taken away is not read any more: in the middle of that there is nothing to read.
  const reading = useRef(Promise.resolve());
  const isGoing = useRef(false);

  const read = async () => {
    setProblem(null);
    try {
      setFiles(filesOf(await api.diff(url)));
    } catch (error) {
      setProblem(words(error));
    }
  };
  const load = () => {
    if (!isGoing.current) reading.current = read();
    return reading.current;
  };
  const remove = async (/** @type {string} */ projectId, /** @type {string} */ name) => {
    isGoing.current = true;
    await reading.current;
    const failure = await removeCopy(projectId, name);
    isGoing.current = false;
    return failure;
  };
  useEffect(() => { void load(); }, [change]);
  if (!change) return null;

  const close = (/** @type {Event} */ event) => {
    event.preventDefault();
    closeDialog();
  };
  const all = files ?? [];
  const added = all.reduce((sum, file) => sum + file.added, 0);
  const removed = all.reduce((sum, file) => sum + file.removed, 0);
  return html`
    <${Dialog} title=${change.branch} kind="document-dialog changes-dialog" begin="close" onClose=${closeDialog} onSubmit=${close} footer=${html`
      ${change.copy && !isAsking && html`<button type="button" class="link bad" onClick=${() => setAsking(true)}>Remove this copy…</button>`}
      <button type="submit" name="close" class="button primary">Close</button>`}>
      <div class="document-text changes" tabindex="0" role="region" aria-label=${`What was changed: ${change.branch}`}>
        <p class="changes-sum">${changeWords(change)}${change.base && html`, compared with <b>${change.base}</b>`}</p>
        ${change.copy && html`<${Where} path=${change.copy.path} />`}
        ${isAsking && change.copy && html`<${Removal} copy=${change.copy} remove=${remove} onKeep=${() => setAsking(false)} />`}
        ${problem ? html`<div class="strip" data-tone="bad" role="alert"><p>What was changed could not be loaded: ${problem}</p><button type="button" class="link" onClick=${load}>Try again</button></div>`
          : files === null ? html`<p class="quiet-line late">Loading…</p>`
          : files.length === 0 ? html`<p class="quiet-line">No file is different.</p>`
          : html`<p class="changes-sum">${count(files.length, "file")}, <${DiffCounts} added=${added} removed=${removed} /></p>
            <ul class="changed-files">${files.map((file) => html`<${ChangedFile} key=${file.path} file=${file} isOpen=${files.length <= OPEN_MAX} />`)}</ul>`}
      </div>
    <//>`;
}

/** @param {{ path: string }} props */
function Where({ path }) {
  const copy = async () => {
    if (await copyText(path)) toast.value = { text: "Path copied", at: Date.now() };
    else notice.value = "The browser does not let this page use the clipboard.";
  };
  return html`
    <p class="changes-where"><span class="hint">In its own copy</span><span class="path">${path}</span>
      <button type="button" class="icon-button" aria-label="Copy the path" title="Copy the path" onClick=${copy}><${Icon} name="copy" /></button></p>`;
}

/**
 * @param {{ copy: { name: string, inUse: boolean }, remove: (projectId: string, name: string) => Promise<string | null>,
 *   onKeep: () => void }} props
 */
function Removal({ copy, remove, onKeep }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const go = async () => {
    const projectId = currentId.value;
    if (!projectId || isBusy) return;
    setBusy(true);
    const failure = await remove(projectId, copy.name);
    setBusy(false);
    if (failure !== null) return setProblem(failure);
    toast.value = { text: "The copy was removed", at: Date.now() };
    closeDialog();
  };
  const begin = (/** @type {HTMLElement | null} */ el) => { if (el && !el.dataset.begun) { el.dataset.begun = "true"; el.focus(); } };
  return html`
    <div class="removal" role="group" aria-label="Remove this copy?">
      <h3>Remove this copy?</h3>
      <p>Its folder goes. What is committed stays on the branch; what is not would be lost, so it is only removed when there is nothing of that. Files that git is told to ignore go with it.</p>
      ${copy.inUse && html`<p>A command works in it just now.</p>`}
      ${problem && html`<p class="field-error" role="alert">${problem}</p>`}
      <p class="removal-answers">
        <button type="button" class="button" ref=${begin} onClick=${onKeep}>Keep it</button>
        <button type="button" class="button danger" aria-disabled=${isBusy ? "true" : undefined} onClick=${go}>${isBusy ? "Removing…" : "Remove"}</button>
      </p>
    </div>`;
}
