"""The floor: the least that a Django view can do, against which the others are measured."""
