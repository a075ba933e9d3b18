"""The data that `prs demo` plays: people, projects, a scenario of events and the texts of the documents."""
