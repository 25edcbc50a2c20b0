// A button and what it opens below it: closed by Escape, by a click elsewhere, or when the focus leaves it.

import { html, useEffect, useRef } from "../lib.js";
import { menu } from "../store.js";
import { Icon } from "./icon.js";

/** @param {{ name: "filter" | "take", icon: string, label: string, title: string, count?: number, children: any }} props `label` stays away where there is no room */
export function Popover({ name, icon, label, title, count = 0, children }) {
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  const isOpen = menu.value === name;
  const close = () => { if (menu.value === name) menu.value = null; };
  const button = () => /** @type {HTMLElement | null} */ (root.current?.querySelector(":scope > button") ?? null);

  useEffect(() => {
    if (!isOpen) return;
    /** @type {HTMLElement | null} */ (root.current?.querySelector(".popover :is(input, select, a, button)"))?.focus();
    const outside = (/** @type {Event} */ event) => { if (!root.current?.contains(/** @type {Node} */ (event.target))) close(); };
    addEventListener("pointerdown", outside, true);
    return () => removeEventListener("pointerdown", outside, true);
  }, [isOpen]);

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    close();
    button()?.focus();
  };
  /** @param {FocusEvent} event */
  const left = (event) => {
    if (event.relatedTarget && !root.current?.contains(/** @type {Node} */ (event.relatedTarget))) close();
  };
  return html`
    <div class="popover-root" ref=${root} onKeyDown=${key} onFocusOut=${left}>
      <button type="button" class="button small" aria-haspopup="dialog" aria-expanded=${isOpen} aria-label=${count > 0 ? `${title}, ${count} set` : title}
        title=${title} data-set=${count > 0 || undefined} onClick=${() => { menu.value = isOpen ? null : name; }}>
        <${Icon} name=${icon} /><span class="popover-label">${label}</span>${count > 0 && html`<span class="popover-count">${count}</span>`}
      </button>
      ${isOpen && html`<div class="popover" role="dialog" aria-label=${title}>${children}</div>`}
    </div>`;
}
