import { Button } from '@mantine/core';
import { IconBallTennis, IconTool } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../ui/states';
import { ButtonLink } from '../ui/links';
import { loadNewVersion } from './new-version';

/** No such page, or nothing that one may see. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty icon={<IconBallTennis />} title={t('notFoundTitle')} text={t('notFound')}>
      <ButtonLink to="/courts">{t('toCourts')}</ButtonLink>
    </Empty>
  );
}

/** A fault of the page itself; after an update it may be that a part of it is no longer there, and is in the new version. */
export function Crashed() {
  const { t } = useTranslation();
  useEffect(() => void loadNewVersion(), []);
  return (
    <Empty icon={<IconTool />} title={t('crashed')} text={t('crashedHint')}>
      <Button onClick={() => location.reload()}>{t('reload')}</Button>
    </Empty>
  );
}
