import { SegmentedControl, type SegmentedControlProps, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, LANGUAGES, type Language } from '../i18n';

type Props = Pick<SegmentedControlProps, 'mx' | 'mb' | 'size'>;
const NAMES: Readonly<Record<Language, string>> = { fr: 'Français', en: 'English' };

export function LanguageSwitch(props: Props) {
  const { t, i18n } = useTranslation();
  const data = LANGUAGES.map((language) => ({
    value: language,
    label: <span lang={language}>{NAMES[language]}</span>,
  }));
  return (
    <SegmentedControl
      {...props}
      aria-label={t('language')}
      data={data}
      value={i18n.language}
      onChange={(value) => chooseLanguage(value as Language)}
    />
  );
}

export function Appearance(props: Props) {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const data = (['light', 'dark', 'auto'] as const).map((value) => ({ value, label: t(value) }));
  return (
    <SegmentedControl
      {...props}
      size="xs"
      aria-label={t('appearance')}
      data={data}
      value={colorScheme}
      onChange={(value) => setColorScheme(value as 'light' | 'dark' | 'auto')}
    />
  );
}
