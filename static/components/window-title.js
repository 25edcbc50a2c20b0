// The window's title and icon: they tell from another tab whether something runs, has ended, or waits for the person.

import { useEffect } from "../lib.js";
import { windowWords } from "../attention.js";
import { unseen } from "../notify.js";
import { active, asking, project } from "../store.js";

export function WindowTitle() {
  const { title, icon } = windowWords({ project: project.value, running: active.value, isAsking: asking.value.includes(active.value?.id ?? ""), ...unseen.value });
  useEffect(() => { document.title = title; }, [title]);
  useEffect(() => {
    const link = document.querySelector("link[rel=icon]");
    link?.setAttribute("href", icon === "plain" ? "/favicon.svg" : `/icons/${icon}.svg`);
  }, [icon]);
  return null;
}
