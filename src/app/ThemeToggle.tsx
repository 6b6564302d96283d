// Light, dark, or as the system has it; and whether number keys open pages.

import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconMoon, IconSun } from '@tabler/icons-react';
import { useNumberKeys } from './numberKeys.ts';

const schemes: readonly { scheme: MantineColorScheme; name: string; icon: typeof IconSun }[] = [
  { scheme: 'light', name: 'Light', icon: IconSun },
  { scheme: 'dark', name: 'Dark', icon: IconMoon },
  { scheme: 'auto', name: 'As the system', icon: IconDeviceDesktop },
];

export function ThemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const chosen = schemes.find(({ scheme }) => scheme === colorScheme);
  const [numberKeys, setNumberKeys] = useNumberKeys();
  const Icon = chosen?.icon ?? IconDeviceDesktop;
  return (
    <Menu position="bottom-end" width={210}>
      <Menu.Target>
        <ActionIcon variant="default" size={28} radius={14} aria-label={`Theme and keys: ${chosen?.name}`}>
          <Icon size={15} stroke={1.7} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ scheme, name, icon: Each }) => (
          <Menu.Item
            key={scheme}
            leftSection={<Each size={15} stroke={1.7} />}
            rightSection={scheme === colorScheme ? <IconCheck size={14} /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          role="menuitemcheckbox"
          aria-checked={numberKeys}
          leftSection={<IconKeyboard size={15} stroke={1.7} />}
          rightSection={numberKeys ? <IconCheck size={14} /> : null}
          onClick={() => setNumberKeys(!numberKeys)}
        >
          Keys 1 to 5 open pages
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
