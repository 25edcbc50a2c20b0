// The step somebody asked for, by its address or as the hit of a search, brings itself into sight.

import { useLayoutEffect, useRef, useState } from "./lib.js";
import { focusStep } from "./focus.js";
import { bringIntoSight } from "./marks.js";
import { placeIn } from "./step.js";
import { view } from "./store.js";

/**
 * @param {import("./timeline.js").Step} step
 * @param {import("./state.js").Target | null | undefined} target the wish, if it is for this step
 * @param {() => void} hold lets the reader stay there
 */
export function useTarget(step, target, hold) {
  const ref = useRef(/** @type {HTMLElement | null} */ (null));
  const place = target ? placeIn(step, target.seq, view.value.search?.q ?? "") : null;
  useLayoutEffect(() => {
    if (!target || !place || !ref.current) return;
    hold();
    bringIntoSight(ref.current, place);
    // Who types in the search goes on typing.
    if (target.isOwn) focusStep(ref.current);
  }, [target?.at]);
  return { ref, nth: place?.nth ?? undefined };
}

/**
 * Whether something is open: as its reader has it, and open whenever something in it is asked for anew.
 * @template T @param {T} atFirst @param {number} [wish] names the wish
 * @returns {[T | true, (isOpen: T | boolean) => void]}
 */
export function useOpen(atFirst, wish = 0) {
  const [isOpen, setOpen] = useState(/** @type {any} */ (wish > 0 ? true : atFirst));
  const [granted, setGranted] = useState(wish);
  if (wish > 0 && wish !== granted) {
    setGranted(wish);
    setOpen(true);
  }
  return [isOpen, setOpen];
}
