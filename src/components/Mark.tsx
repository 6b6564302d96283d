// The mark: a small weave of the local colour (weft) and the column colour (warp).

const over = [9, 16, 23];

export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      strokeWidth={4}
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M9 4v24M16 4v24M23 4v24" stroke="var(--factor-column)" />
      <path d="M4 9h24M4 16h24M4 23h24" stroke="var(--factor-local)" />
      {over.flatMap((x, column) =>
        over.map((y, row) =>
          (row + column) % 2 === 0 ? (
            <path
              key={`${x} ${y}`}
              d={`M${x} ${y - 3.2}v6.4`}
              stroke="var(--factor-column)"
              strokeLinecap="butt"
            />
          ) : null,
        ),
      )}
    </svg>
  );
}
