// A dialog over the page: it takes the focus, gives it back to where it came from, and closes with Escape, with its
// button, and with a press beside it.

import { html, useEffect, useRef } from "../lib.js";
import { Icon } from "./icon.js";

/**
 * @param {{ title: string, children?: any, footer: any, onClose: () => void, onSubmit: (event: Event) => void,
 *   begin?: string, kind?: string, onElement?: (dialog: HTMLDialogElement) => void, returnsFocus?: () => boolean }} props
 *   `begin` is the name of the field that gets the focus; without `returnsFocus` it goes back in any case
 */
export function Dialog({ title, children, footer, onClose, onSubmit, begin, kind = "", returnsFocus = () => true }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const opener = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog.current?.showModal();
    if (begin) focusField(dialog.current, begin);
    return () => { if (returnsFocus()) opener?.focus(); };
  }, []);
  return html`
    <dialog class=${`dialog ${kind}`} ref=${dialog} aria-labelledby="dialog-title" onClose=${onClose}
      onPointerDown=${(/** @type {Event} */ e) => { if (e.target === dialog.current) onClose(); }}>
      <form method="dialog" onSubmit=${onSubmit} novalidate>
        <header><h2 id="dialog-title">${title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button></header>
        <div class="dialog-body">${children}</div>
        <footer>${footer}</footer>
      </form>
    </dialog>`;
}

/** @param {ParentNode | null} within @param {string | undefined} name */
export function focusField(within, name) {
  /** @type {HTMLElement | null | undefined} */ (name && within?.querySelector(`[name="${name}"]`))?.focus();
}
