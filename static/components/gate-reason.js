// Why something is rejected: without a reason nobody knows what to do better. Enter sends it, Escape goes back.

import { html, useLayoutEffect, useRef, useState } from "../lib.js";
import { Icon } from "./icon.js";

/**
 * @param {{ id: string, value: string, isBusy: boolean, more: any, onInput: (text: string) => void, onCancel: () => void, onSend: (text: string) => void }} props
 */
export function GateReason({ id, value, isBusy, more, onInput, onCancel, onSend }) {
  const [isMissing, setMissing] = useState(false);
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));

  // A keyboard on the screen leaves little of the window: what is written stays in sight.
  useLayoutEffect(() => {
    const show = () => box.current?.scrollIntoView({ block: "nearest" });
    box.current?.focus();
    show();
    addEventListener("resize", show);
    return () => removeEventListener("resize", show);
  }, []);

  const send = () => {
    if (isBusy) return;
    if (value.trim()) return onSend(value.trim());
    setMissing(true);
    box.current?.focus();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key === "Escape" && !isBusy) onCancel();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  };
  return html`
    <form class="gate-reason" onSubmit=${submit} novalidate>
      <div class="field">
        <label for=${`reason-${id}`}>Why do you reject it?</label>
        <textarea class="input" ref=${box} id=${`reason-${id}`} rows="2" required value=${value} readonly=${isBusy} placeholder="What should be different" aria-invalid=${isMissing ? "true" : undefined}
          aria-describedby=${isMissing ? `reason-missing-${id}` : undefined} onKeyDown=${key}
          onInput=${(/** @type {any} */ e) => { onInput(e.target.value); setMissing(false); }}></textarea>
        ${isMissing && html`<p class="field-error" id=${`reason-missing-${id}`} role="alert">Say in a few words what should be different: the work goes on from there.</p>`}
      </div>
      <div class="gate-actions">
        ${more}
        <button type="button" class="button" aria-disabled=${isBusy ? "true" : undefined} onClick=${isBusy ? undefined : onCancel}>Cancel</button>
        <button type="submit" class="button danger" aria-disabled=${isBusy ? "true" : undefined}>
          ${isBusy ? html`<span class="spinner" aria-hidden="true"></span>Rejecting…` : html`<${Icon} name="close" />Reject`}</button>
      </div>
    </form>`;
}
