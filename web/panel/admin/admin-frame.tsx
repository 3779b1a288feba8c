import { Outlet } from '@tanstack/react-router';

/** Comes with its room. */
export function AdminFrame() {
  return <Outlet />;
}
