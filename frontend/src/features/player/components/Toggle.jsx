/** A switch with its words; `hideLabel` where a heading says the same already. */
export function Toggle({ label, hideLabel = false, on, onChange }) {
  return (
    <label className="flex min-h-thumb cursor-pointer items-center justify-between gap-3 text-sm">
      <span className={hideLabel ? 'sr-only' : ''}>{label}</span>
      <input
        type="checkbox"
        role="switch"
        checked={on}
        onChange={(event) => onChange(event.target.checked)}
        className="practice-toggle"
      />
    </label>
  );
}
