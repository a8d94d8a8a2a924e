def load_state_dict_from_url(*args, **kwargs):
    raise OSError("the network is out of reach while a model is compiled; give weights with --weights")


download_url_to_file = load_state_dict_from_url
load = load_state_dict_from_url
