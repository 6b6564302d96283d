// The five pages with their number keys; on a phone, a bar at the bottom.

import { Link, useLocation } from 'wouter';
import { useNumberKeys } from './numberKeys.ts';
import styles from './Rail.module.css';
import { routes } from './routes.ts';

export function Rail() {
  const [path] = useLocation();
  const [numberKeys] = useNumberKeys();
  return (
    <nav className={styles.rail} aria-label="Pages">
      {routes.map(({ path: to, name, icon: Icon }, index) => (
        <Link
          key={to}
          href={to}
          className={styles.link}
          aria-current={to === path ? 'page' : undefined}
          aria-keyshortcuts={numberKeys ? String(index + 1) : undefined}
        >
          <Icon size={18} stroke={1.6} className={styles.icon} aria-hidden="true" />
          {name}
          {numberKeys && (
            <span className={styles.key} aria-hidden="true">
              {index + 1}
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
