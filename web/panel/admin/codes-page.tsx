import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconPrinter, IconQrcode } from '@tabler/icons-react';
import { QRCodeSVG } from 'qrcode.react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { ButtonLink } from '../ui/links';
import { PageTitle } from '../ui/page-title';
import { Empty, Failed } from '../ui/states';
import { adminTexts } from './texts';
import classes from './codes.module.css';
import { useCourts } from './court-data';
import { Skeletons } from './rows';
import { WithClub } from './with-club';
import './bring-texts';

/** A sheet to print: a code a court, that leads a phone to it. */
export function CodesPage() {
  return <WithClub>{(club) => <Codes key={club.id} club={club} />}</WithClub>;
}

function Codes({ club }: { readonly club: Club }) {
  const { t } = useTranslation('admin');
  const { query, items } = useCourts(club.id);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  // A sheet is whole, or courts would go without their code.
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const some = items !== undefined && items.length > 0;
  return (
    <>
      <div className="no-print">
        <PageTitle text={t('codes')}>
          {some && (
            <Button
              leftSection={<IconPrinter size={18} aria-hidden />}
              loading={hasNextPage}
              onClick={() => window.print()}
            >
              {t('print')}
            </Button>
          )}
        </PageTitle>
        {some && <LocalWarning />}
        {some && (
          <Text c="dimmed" mb="md">
            {t('codesHint')}
          </Text>
        )}
      </div>
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeletons />}
      {items?.length === 0 && (
        <Empty icon={<IconQrcode size={32} />} title={t('noCodes')} text={t('noCodesHint')}>
          <ButtonLink to="/admin/courts">{t('addCourt')}</ButtonLink>
        </Empty>
      )}
      {some && (
        <div className={classes.sheet}>
          {items.map(({ id, name }) => (
            <section key={id} className={classes.code} aria-label={name}>
              <h2>{name}</h2>
              <QRCodeSVG
                value={`${location.origin}/panel/c/${club.id}/${id}`}
                className={classes.qr}
                level="M"
                marginSize={0}
                title={t('codeOf', { name })}
              />
              {/* Both languages, whichever the desk reads: it hangs at the court. */}
              <p lang="fr">{adminTexts.fr.scan}</p>
              <p lang="en">{adminTexts.en.scan}</p>
              <footer>{club.name}</footer>
            </section>
          ))}
        </div>
      )}
    </>
  );
}

/** A code for `localhost` leads each phone to itself. */
function LocalWarning() {
  const { t } = useTranslation('admin');
  if (!isLoopback(location.hostname)) return null;
  return (
    <Alert color="yellow" icon={<IconAlertTriangle />} title={t('localOrigin')} mb="md" role="alert">
      {t('localOriginHint', { origin: location.origin })}
    </Alert>
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') || host === '[::1]';
}
