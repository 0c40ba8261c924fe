// Package reconcile watches what runs of the meshes that are on record. The manager
// that leads runs it: each live mesh is looked at every few seconds, and what is no
// longer as it was deployed is reported: a function that someone has changed by hand, an
// instance that keeps failing, one that no worker runs. Where the mesh says
// `reconcile: repair`, its recorded version is deployed again.
//
// A look is cheap. Backends that can glance (backend.Glancer) are asked for the
// components alone, two requests each, and these are compared with the record; the whole
// plan, which reads topics, subscriptions and packages as well, is made now and then. How
// many components are asked about in a second is bounded, so that a round takes longer
// where there are many, and not more of the workers.
//
// A repair is a run like others: it takes the mesh's lock, plans again while it holds it,
// refuses risks that the mesh does not allow, and is recorded as a version. Repairs that
// do not last become rarer, and there is a budget of them.
package reconcile
