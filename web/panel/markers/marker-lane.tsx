import { Menu, Tooltip } from '@mantine/core';
import { useElementSize, useMediaQuery } from '@mantine/hooks';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clock } from '../i18n/format';
import { type Bundle, bundles } from './bundles';
import { KindSign } from './kinds';
import type { Marker } from './markers-data';
import classes from './markers.module.css';
import { wordsOf } from './words';

/** Pixels: what a finger hits, and what a pointer does. */
const TOUCHED = 48;
const POINTED = 28;

/**
 * The moments of a match above its timeline. Where they would lie over each other one sign stands for several and lists them.
 * One stop of the tab key; arrows go on from there.
 */
export function MarkerLane(props: {
  readonly markers: readonly Marker[];
  /** Seconds. */
  readonly end: number;
  readonly disabled?: boolean;
  readonly onGo: (marker: Marker) => void;
}) {
  const { markers, end, disabled = false, onGo } = props;
  const { t } = useTranslation('markers');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const touched = useMediaQuery('(pointer: coarse)', false, { getInitialValueInEffect: false });
  const [reached, setReached] = useState(0);
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const signs = bundles(markers, { width, end, sign: touched ? TOUCHED : POINTED });
  const stop = Math.min(reached, signs.length - 1);
  const move = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: stop - 1, ArrowRight: stop + 1, Home: 0, End: signs.length - 1 }[event.key];
    // Not those pressed in a list that one of them has opened.
    if (to === undefined || !buttons.current.includes(event.target as HTMLButtonElement)) return;
    // The player has these keys, too.
    event.preventDefault();
    event.stopPropagation();
    buttons.current[Math.min(Math.max(to, 0), signs.length - 1)]?.focus();
  };
  return (
    <div
      ref={ref}
      className={classes.lane}
      data-touched={touched || undefined}
      {...(signs.length > 0 && { role: 'toolbar', 'aria-label': t('line'), onKeyDown: move })}
    >
      {signs.map((bundle, i) => (
        <LaneSign
          key={bundle.markers[0].id}
          bundle={bundle}
          button={{
            ref: (element) => void (buttons.current[i] = element),
            tabIndex: i === stop ? 0 : -1,
            disabled,
            onFocus: () => setReached(i),
          }}
          onGo={onGo}
        />
      ))}
    </div>
  );
}

interface SignButton {
  readonly ref: (element: HTMLButtonElement | null) => void;
  readonly tabIndex: number;
  readonly disabled: boolean;
  readonly onFocus: () => void;
}

function LaneSign(props: {
  readonly bundle: Bundle<Marker>;
  readonly button: SignButton;
  readonly onGo: (marker: Marker) => void;
}) {
  const { bundle, button, onGo } = props;
  const { x, markers } = bundle;
  const { t } = useTranslation('markers');
  const [first] = markers;
  const style = { left: x };
  if (markers.length === 1) {
    const words = wordsOf(first);
    return (
      <Tooltip label={words} multiline maw={320}>
        <button
          type="button"
          className={classes.sign}
          style={style}
          aria-label={words}
          {...button}
          onClick={() => onGo(first)}
        >
          <KindSign kind={first.kind} size={16} />
        </button>
      </Tooltip>
    );
  }
  const last = markers.at(-1) as Marker;
  const words = t('several', {
    count: markers.length,
    start: clock(first.at_seconds),
    end: clock(last.at_seconds),
  });
  // In its place and not at the end of the page: there it would not be seen on a full screen.
  return (
    <Menu withinPortal={false} withInitialFocusPlaceholder={false} position="top" shadow="md" width={260}>
      <Menu.Target>
        <button type="button" className={classes.sign} style={style} data-several aria-label={words} {...button}>
          {markers.length}
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.several}>
        {markers.map((marker) => (
          <Menu.Item
            key={marker.id}
            leftSection={<KindSign kind={marker.kind} size={16} />}
            onClick={() => onGo(marker)}
          >
            {wordsOf(marker)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
