import type { CaptureListing } from './capture-listing';

/** Captures of several prefixes as one listing: those of the endpoint, and those of its shadow test. */
export function allOf(listings: readonly CaptureListing[]): CaptureListing {
  return {
    survey: async (hours) => {
      const surveys = await Promise.all(listings.map((listing) => listing.survey(hours)));
      return {
        files: async (hour) => {
          const files = (await Promise.all(surveys.map((survey) => survey.files(hour)))).flat();
          return files.sort((a, b) => (a.file.key < b.file.key ? -1 : 1));
        },
      };
    },
  };
}
