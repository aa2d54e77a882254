/** Return the class names that are given, joined. */
export const classNames = (...names) => names.filter(Boolean).join(' ');
