import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client';

/** All that is told of a camera's address: `RTSP · 192.168.1.20 · user and password stored`. */
export function CameraWords({ camera }: { readonly camera: Schemas['CameraView'] }) {
  const { t } = useTranslation('admin');
  const secret = camera.has_credentials ? t('withPassword') : t('withoutPassword');
  return <>{`${camera.protocol.toUpperCase()} · ${camera.host} · ${secret}`}</>;
}
