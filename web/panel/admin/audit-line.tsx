import { Anchor, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { dateTime } from '../i18n/format';
import classes from './admin.module.css';
import type { AuditSearch, Entry } from './audit-data';
import { targetParts, textOfAction } from './audit-words';

/** One line of the trail: what, to what, by whom, when; the rest behind a click. */
export function AuditLine(props: {
  readonly entry: Entry;
  readonly club: Club;
  readonly names: ReadonlyMap<string, string>;
  readonly onOnly: (part: Partial<AuditSearch>) => void;
}) {
  const { entry, club, names, onOnly } = props;
  const { id, action, target, actor, actor_id, ip, details, at } = entry;
  const { t } = useTranslation('audit');
  const text = textOfAction(action);
  const facts = Object.entries(details);
  // A failed sign-in has nobody as its author, and is no deed of the service's.
  const nobody = ip === null ? t('service') : t('unknown');
  const who = actor?.name ?? (actor_id === null ? nobody : t('noLonger', { id: String(actor_id) }));
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Text component="div" fw={600}>
          {text === null ? action : t(text)}
          {target !== null && (
            <>
              {' · '}
              <TargetLink target={target} names={names} onOnly={onOnly} />
            </>
          )}
        </Text>
        <Text component="div" size="sm" c="dimmed">
          {actor_id === null ? who : <Only text={who} onClick={() => onOnly({ actor: String(actor_id) })} />}
          {' · '}
          <time dateTime={at}>{dateTime(at, club.time_zone)}</time>
          {text !== null && (
            <Text component="span" size="xs">
              {' · '}
              {action}
            </Text>
          )}
        </Text>
        <details className={classes.more}>
          <summary aria-label={t('detailsOf', { id: String(id) })}>{t('details')}</summary>
          <dl className={classes.facts}>
            <dt>{t('line')}</dt>
            <dd>{id}</dd>
            {target !== null && (
              <>
                <dt>{t('target')}</dt>
                <dd>{target}</dd>
              </>
            )}
            {actor !== null && (
              <>
                <dt>{t('person')}</dt>
                <dd>{actor.email}</dd>
              </>
            )}
            {ip !== null && (
              <>
                <dt>{t('address')}</dt>
                <dd>{ip}</dd>
              </>
            )}
            {facts.map(([name, value]) => (
              <Fact key={name} name={name} value={value} />
            ))}
          </dl>
        </details>
      </div>
    </li>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
    </>
  );
}

function TargetLink(props: {
  readonly target: string;
  readonly names: ReadonlyMap<string, string>;
  readonly onOnly: (part: Partial<AuditSearch>) => void;
}) {
  const { target, names, onOnly } = props;
  const { t } = useTranslation('audit');
  const { kind, id } = targetParts(target);
  const name = names.get(target) ?? (kind === null ? id : t(kind, { id }));
  return <Only text={name} onClick={() => onOnly({ target })} />;
}

/** Makes something the only thing that is looked for. */
function Only({ text, onClick }: { readonly text: string; readonly onClick: () => void }) {
  const { t } = useTranslation('audit');
  return (
    <Anchor component="button" type="button" inherit title={t('onlyThis', { what: text })} onClick={onClick}>
      {text}
    </Anchor>
  );
}
