import { useTranslation } from 'react-i18next';
import type { Court } from './court-data';

/** All that is told of a camera's address: `RTSP · 192.168.1.20 · user and password stored`. */
export function CameraWords({ court: { camera } }: { readonly court: Court }) {
  const { t } = useTranslation('admin');
  const secret = camera.has_credentials ? t('withPassword') : t('withoutPassword');
  return <>{`${camera.protocol.toUpperCase()} · ${camera.host} · ${secret}`}</>;
}
