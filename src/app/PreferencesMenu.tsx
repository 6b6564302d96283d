// Light, dark, or as the system has it; and whether number keys open pages.

import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconKeyboard, IconMoon, IconSun } from '@tabler/icons-react';
import { useNumberKeys } from './numberKeys.ts';

const schemes: readonly { scheme: MantineColorScheme; name: string; icon: typeof IconSun }[] = [
  { scheme: 'light', name: 'Light', icon: IconSun },
  { scheme: 'dark', name: 'Dark', icon: IconMoon },
  { scheme: 'auto', name: 'As the system', icon: IconDeviceDesktop },
];

export function PreferencesMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [numberKeys, setNumberKeys] = useNumberKeys();
  const chosen = schemes.find(({ scheme }) => scheme === colorScheme);
  const Icon = chosen?.icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <ActionIcon
          variant="default"
          size={28}
          radius={14}
          aria-label={`Theme and number keys: ${chosen?.name}`}
        >
          <Icon size={15} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
        >
          {schemes.map(({ scheme, name, icon: Each }) => (
            <Menu.RadioItem key={scheme} value={scheme} rightSection={<Each size={15} stroke={1.7} />}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.CheckboxItem
          checked={numberKeys}
          onChange={setNumberKeys}
          rightSection={<IconKeyboard size={15} stroke={1.7} />}
        >
          Keys 1 to 5 open pages
        </Menu.CheckboxItem>
      </Menu.Dropdown>
    </Menu>
  );
}
