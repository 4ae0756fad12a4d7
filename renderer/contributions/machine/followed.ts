/** What changes what is known of the machine. */
export const followed = { follows: ['machine', 'settings'] };
