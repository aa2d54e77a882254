import { useState } from 'react';

const KEY = 'theme';

/** Return the theme chosen here, or `system`. */
export const getTheme = () => localStorage.getItem(KEY) ?? 'system';

/** Choose `light`, `dark` or `system`, now and for the next visit. */
export function setTheme(theme) {
  if (theme === 'system') {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, theme);
    document.documentElement.dataset.theme = theme;
  }
}

/** Return `[theme, choose]`. */
export function useTheme() {
  const [theme, keep] = useState(getTheme);
  const choose = (chosen) => {
    setTheme(chosen);
    keep(chosen);
  };
  return [theme, choose];
}
