// Mantine in Weft's colours: its variables point at the tokens, so that both themes are told in one place.

import {
  Button,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  FileButton,
  Input,
  type MantineColorsTuple,
  Menu,
  Popover,
  SegmentedControl,
  Slider,
  Switch,
  Tooltip,
  type VariantColorsResolver,
} from '@mantine/core';
import styles from './controls.module.css';

const amber: MantineColorsTuple = [
  '#fdf4e1',
  '#f8e6c2',
  '#f2d499',
  '#edc270',
  '#e8b04a',
  '#d99a1c',
  '#c98500',
  '#ad7000',
  '#955500',
  '#6f4000',
];

const colours: VariantColorsResolver = (input) => {
  const usual = defaultVariantColorsResolver(input);
  const primary = input.color === undefined || input.color === input.theme.primaryColor;
  if (!primary) return usual;
  if (input.variant === 'filled') {
    return {
      background: 'var(--accent-fill)',
      hover: 'var(--accent-fill-hover)',
      color: 'var(--on-accent)',
      border: '1px solid transparent',
    };
  }
  if (input.variant === 'subtle') {
    return {
      background: 'transparent',
      hover: 'var(--raised)',
      color: 'var(--text)',
      border: '1px solid transparent',
    };
  }
  return usual;
};

export const theme = createTheme({
  colors: { amber },
  primaryColor: 'amber',
  primaryShade: { light: 8, dark: 4 },
  variantColorResolver: colours,
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: { xs: '12.5px', sm: '14px', md: '14px', lg: '21px', xl: '24px' },
  defaultRadius: 'var(--radius-small)',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm', variant: 'default' },
      classNames: { root: styles.button },
    }),
    FileButton: FileButton.extend({
      defaultProps: {
        inputProps: {
          // Otherwise the file that was chosen last cannot be chosen again: nothing would change.
          onClick: (event) => {
            event.currentTarget.value = '';
          },
        },
      },
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'sm' },
      classNames: { root: styles.segments, indicator: styles.segment, label: styles.segmentLabel },
    }),
    Slider: Slider.extend({
      defaultProps: { size: 4, thumbSize: 14, label: null },
      classNames: { track: styles.track, bar: styles.bar, thumb: styles.thumb },
    }),
    Switch: Switch.extend({ defaultProps: { size: 'sm', withThumbIndicator: false } }),
    Input: Input.extend({ classNames: { input: styles.input } }),
    Tooltip: Tooltip.extend({
      defaultProps: {
        openDelay: 200,
        multiline: true,
        maw: 280,
        events: { hover: true, focus: true, touch: true },
        // What is said belongs to the page: outside of its landmarks, a screen reader's user would not find it.
        portalProps: { target: '#main' },
      },
      classNames: { tooltip: styles.tooltip },
    }),
    Menu: Menu.extend({
      // What is focused at first would be no item of the menu.
      defaultProps: { portalProps: { target: '#main' }, withInitialFocusPlaceholder: false },
      classNames: { dropdown: styles.menu },
    }),
    Popover: Popover.extend({
      defaultProps: { shadow: 'md', width: 320, position: 'bottom-start' },
      classNames: { dropdown: styles.dropdown },
    }),
  },
});

export const variables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--page)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-bright': 'var(--text)',
    '--mantine-color-dimmed': 'var(--dim)',
    '--mantine-color-placeholder': 'var(--dim)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-default': 'var(--card)',
    '--mantine-color-default-hover': 'var(--raised)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-disabled': 'var(--raised)',
    '--mantine-color-disabled-color': 'var(--dim)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--mantine-color-amber-filled': 'var(--accent)',
    '--mantine-primary-color-filled': 'var(--accent)',
  };
  return { variables: {}, light: both, dark: both };
};
