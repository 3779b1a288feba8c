import { Button, Checkbox, Group, Select, SimpleGrid, TextInput } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Club } from '../access/club';
import { useUser } from '../access/use-access';
import { Card } from '../ui/card';
import { ANYTHING, type AuditSearch } from './audit-data';
import { actionsOf, GROUPS, textOfAction } from './audit-words';
import { usePeople } from './people-data';

/** What one looks for in the trail. */
export function AuditFilters(props: {
  readonly club: Club;
  readonly search: AuditSearch;
  readonly onChange: (search: AuditSearch) => void;
}) {
  const { club, search, onChange } = props;
  const { t } = useTranslation('audit');
  const isSuper = useUser().role === 'SUPER_ADMIN';
  const people = usePeople(club.id).items ?? [];
  const set = (part: Partial<AuditSearch>): void => onChange({ ...search, ...part });
  const nameOf = (action: string): string => {
    const text = textOfAction(action);
    return text === null ? action : t(text);
  };
  const actions = GROUPS.map((group) => ({
    group: t(`group_${group}`),
    items: [
      { value: `${group}.`, label: t('all', { group: t(`group_${group}`) }) },
      ...actionsOf(group).map((value) => ({ value, label: nameOf(value) })),
    ],
  }));
  const persons = people.map(({ id, name, email }) => ({ value: String(id), label: `${name} · ${email}` }));
  // Somebody of another list, found by a click on their name.
  const known = search.actor === '' || persons.some(({ value }) => value === search.actor);
  if (!known) persons.unshift({ value: search.actor, label: t('noLonger', { id: search.actor }) });
  return (
    <Card>
      <SimpleGrid cols={{ base: 2, md: 3 }} spacing={{ base: 'xs', sm: 'md' }}>
        <Select
          label={t('action')}
          placeholder={t('anyAction')}
          data={actions}
          searchable
          clearable
          value={search.action || null}
          onChange={(value) => set({ action: value ?? '' })}
        />
        <Select
          label={t('person')}
          placeholder={t('anyPerson')}
          data={persons}
          searchable
          clearable
          limit={100}
          value={search.actor || null}
          onChange={(value) => set({ actor: value ?? '' })}
        />
        <TextInput
          label={t('target')}
          placeholder="court:3, user:12 …"
          title={t('targetHint')}
          maxLength={256}
          value={search.target}
          onChange={(event) => set({ target: event.currentTarget.value })}
        />
        <TextInput
          label={t('from')}
          type="date"
          max={search.to || undefined}
          value={search.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <TextInput
          label={t('to')}
          type="date"
          min={search.from || undefined}
          value={search.to}
          onChange={(event) => set({ to: event.currentTarget.value })}
        />
        <Group align="flex-end">
          <Button
            variant="default"
            leftSection={<IconFilterOff size={18} aria-hidden />}
            disabled={JSON.stringify(search) === JSON.stringify(ANYTHING)}
            onClick={() => onChange(ANYTHING)}
          >
            {t('clear')}
          </Button>
        </Group>
      </SimpleGrid>
      {isSuper && (
        <Checkbox
          mt="md"
          label={t('allClubs')}
          checked={search.everywhere}
          onChange={(event) => set({ everywhere: event.currentTarget.checked })}
        />
      )}
    </Card>
  );
}
