/** The mark: a turning skirt over a floor, drawn as the icon is. */
export function Mark({ className }) {
  return (
    <svg viewBox="0 0 64 64" aria-hidden="true" className={className}>
      <rect width="64" height="64" rx="18" fill="#2a1f3d" />
      <path
        d="M12 49c12 6 28 6 40 0"
        stroke="#e3b45c"
        strokeWidth="3"
        strokeLinecap="round"
        fill="none"
      />
      <path d="M31 24c-3 9-11 13-17 21 11 4 25 4 37-2-7-5-12-10-13-19Z" fill="#d8363f" />
      <path d="M36 24c1 9 5 14 15 19-5 2-10 3-15 4-1-9-2-15-2-23Z" fill="#b3222f" />
      <path d="M31 25c-1-4 1-7 4-8 3 1 4 4 3 8Z" fill="#d8363f" />
      <circle cx="34" cy="12" r="4.6" fill="#f7eede" />
      <path
        d="M33 19c-6 1-11-1-15-6M37 19c5 0 9-3 12-8"
        stroke="#f7eede"
        strokeWidth="2.8"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}
